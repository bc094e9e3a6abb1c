// The pages, in the order of the navigation. A page is a module that is loaded when it is first shown and
// that defines a custom element; the element is given `params`, the query of its place in the hash.

export interface Page {
  /** In the hash: `#/logs`. */
  readonly path: string
  readonly title: string
  /** `g` and this key go there. */
  readonly key: string
  readonly element: string
  readonly load: () => Promise<unknown>
}

export const PAGES: readonly Page[] = [
  {
    path: 'logs',
    title: 'Logs',
    key: 'l',
    element: 'logs-page',
    load: () => import('../pages/logs/logs-page.js'),
  },
  {
    path: 'split',
    title: 'Split',
    key: 'v',
    element: 'split-page',
    load: () => import('../pages/split/split-page.js'),
  },
  {
    path: 'services',
    title: 'Services',
    key: 's',
    element: 'services-page',
    load: () => import('../pages/services/services-page.js'),
  },
  {
    path: 'batcher',
    title: 'Batcher',
    key: 'b',
    element: 'batcher-page',
    load: () => import('../pages/batcher/batcher-page.js'),
  },
]

/** An element of a page. */
export interface PageElement extends HTMLElement {
  params: URLSearchParams
}
