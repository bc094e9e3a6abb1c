// `hero_proc completion SHELL`: a script that completes verbs and flags, made from the verbs themselves.
import { Argument } from 'commander'
import type { Command } from 'commander'
import { print } from '../output.js'

const SHELLS = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof SHELLS)[number]

/** Adds arguments, flags and the action. */
export function configure(command: Command): void {
  command
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .addHelpText(
      'after',
      `
bash:  source <(hero_proc completion bash)
zsh:   source <(hero_proc completion zsh), after compinit
fish:  hero_proc completion fish | source`,
    )
    .action(async (shell: Shell) => {
      const { createWholeProgram } = await import('../program.js')
      await print(SCRIPTS[shell](wordsOf(await createWholeProgram())))
    })
}

/** What may follow a verb, by its path such as `logs export`; the empty path is the program itself. */
type Words = ReadonlyMap<string, readonly string[]>

function wordsOf(program: Command): Words {
  const words = new Map<string, readonly string[]>()
  const visit = (command: Command, path: readonly string[]): void => {
    const flags = [...command.options, ...(path.length === 0 ? [] : program.options)].flatMap(
      ({ short, long }) => [short, long].filter((flag) => flag !== undefined),
    )
    const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? [])
    const verbs = command.commands.map((sub) => sub.name())
    words.set(path.join(' '), [...verbs, ...choices, ...flags, '--help'])
    for (const sub of command.commands) visit(sub, [...path, sub.name()])
  }
  visit(program, [])
  return words
}

const SCRIPTS: Readonly<Record<Shell, (words: Words) => string>> = {
  bash: bashScript,
  // zsh runs bash's completions.
  zsh: (words) => `autoload -U +X bashcompinit && bashcompinit\n${bashScript(words)}`,
  fish: fishScript,
}

function bashScript(words: Words): string {
  const cases = [...words].map(([path, list]) => `    '${path}') words='${list.join(' ')}' ;;\n`)
  const paths = [...words.keys()].filter((path) => path !== '')
  return `_hero_proc() {
  local path='' words='' word i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    [[ $word == -- ]] && return
    case "\${path:+$path }$word" in
    ${paths.map((path) => `'${path}'`).join('|')}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path" in
${cases.join('')}  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _hero_proc hero_proc
`
}

function fishScript(words: Words): string {
  const lines = [...words].flatMap(([path, list]) => {
    const condition = path === '' ? '__fish_use_subcommand' : `__hero_proc_at '${path}'`
    return `complete -c hero_proc -n "${condition}" -a '${list.join(' ')}'\n`
  })
  return `function __hero_proc_at
  set -l words (string match -v -- '-*' (commandline -opc)[2..])
  set -l path (string split ' ' -- $argv[1])
  test "$words[1..$(count $path)]" = "$path"
end
${lines.join('')}`
}
