// The public face: the process that serves the admin page.
export { IDLE_MS_DEFAULT, startAdmin } from './server/admin-server.js'
export type { AdminServer, AdminServerOptions } from './server/admin-server.js'
