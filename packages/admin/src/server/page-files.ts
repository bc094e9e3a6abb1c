// The files of the page, read and packed once: what is in this table is served, and nothing else, so that
// no path can lead out of the folder.
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

export interface PageFile {
  readonly type: string
  readonly bytes: Buffer
  readonly packed: Buffer
  /** True where the name changes with the content, so that browsers may keep it for ever. */
  readonly isNamedByContent: boolean
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

const pack = promisify(gzip)

/**
 * Reads the built page, by path as browsers ask for it.
 *
 * @throws If the folder is not there: the page has not been built.
 */
export async function loadPageFiles(folder: string): Promise<ReadonlyMap<string, PageFile>> {
  const files = new Map<string, PageFile>()
  for (const item of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const full = join(item.parentPath, item.name)
    const type = TYPES[extname(item.name)]
    if (!item.isFile() || type === undefined) continue
    const path = `/${relative(folder, full).split(sep).join('/')}`
    const bytes = await readFile(full)
    const isNamedByContent = path.startsWith('/assets/')
    files.set(path, { type, bytes, packed: await pack(bytes), isNamedByContent })
  }
  const index = files.get('/index.html')
  if (index !== undefined) files.set('/', index)
  return files
}
