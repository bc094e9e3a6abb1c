// How typebox becomes one file: in the place of what the compiler made of the same source, with the same
// exports, so that without this step everything works as well, only slower.
import { defineConfig } from 'vite'

export default defineConfig({
  root: new URL('.', import.meta.url).pathname,
  build: {
    ssr: 'src/typebox.ts',
    outDir: 'dist',
    emptyOutDir: false,
    target: 'node20',
    minify: false,
    sourcemap: true,
    reportCompressedSize: false,
  },
  ssr: { noExternal: true },
  logLevel: 'warn',
})
