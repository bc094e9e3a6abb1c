// What the generated calls stand on.
import type { CallOptions } from '@hero/rpc/browser'

export type { CallOptions }

/** Calls a method by name. */
export type Call = <T>(method: string, params: object, options?: CallOptions) => Promise<T>
