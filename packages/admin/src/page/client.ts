// The one client of this page.
import { connect } from '@hero/sdk/browser'
import type { HeroProcClient } from '@hero/sdk/browser'

export const client: HeroProcClient = connect({ url: location.origin })
