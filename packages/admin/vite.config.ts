// How the page is built: small files, nothing inline, names that hold a digest.
import { defineConfig } from 'vite'

export default defineConfig({
  root: new URL('src/page', import.meta.url).pathname,
  plugins: [
    {
      // Elements define themselves: their modules are imported for that alone, whatever the manifest says.
      name: 'elements-have-effects',
      transform: (code, id) =>
        id.includes('/src/page/') ? { code, moduleSideEffects: true } : undefined,
    },
  ],
  build: {
    outDir: '../../dist/page',
    emptyOutDir: true,
    target: 'es2022',
    // The policy allows neither inline scripts nor data addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  logLevel: 'warn',
})
