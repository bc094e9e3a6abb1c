// What is used of typebox, and nothing else: its modules are some seven hundred files, which take longer to
// load than everything else of a start. The build makes one file of this one and all that it imports.
export { Type } from 'typebox'
export type { Static, TObject, TSchema } from 'typebox'
export { Compile } from 'typebox/compile'
