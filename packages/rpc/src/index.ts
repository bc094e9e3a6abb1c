// The public face: what a server needs, what a client needs, and the words that both share.
export { answersHttp, askHttp, listensAt } from './probe.js'
export type { HttpAnswer } from './probe.js'
export { connectSocket } from './socket-client.js'
export type { ClientSocket } from './socket-client.js'
export { createRpcClient } from './client.js'
export type { CallOptions, EventsOptions, RpcClient, RpcClientOptions } from './client.js'
export { codeName, errorCodeName, RPC_CODES, RpcError, toErrorObject } from './codes.js'
export type { RpcCodeName, RpcErrorData, RpcErrorObject } from './codes.js'
export { createDispatcher } from './dispatcher.js'
export type { AuditedCall, Dispatcher, DispatcherOptions } from './dispatcher.js'
export { createGateway } from './gateway.js'
export type { Gateway, GatewayOptions, Via } from './gateway.js'
export type { Refusal } from './guard.js'
export { BODY_BYTES_MAX, isJson, readBody, sendError, sendJson } from './http-body.js'
export type { Health, Readiness } from './built-in-routes.js'
export { annotate, defineMethod } from './method.js'
export type {
  Caller,
  MethodDefinition,
  MethodNotes,
  RpcContext,
  RpcSession,
  TypedMethod,
} from './method.js'
export type { MetricFamily } from './open-metrics.js'
export type { OpenRpcDocument, OpenRpcMethod, ServiceInfo } from './openrpc.js'
export type {
  Route,
  RouteContext,
  RouteRequest,
  RouteResponse,
  SocketAcceptor,
  SocketRoute,
} from './router.js'
export { readJson } from './json-body.js'
export { BATCH_CALLS_MAX, DEPTH_MAX } from './json-bounds.js'
export { closed, compileSchema, Type } from './schema.js'
export type { Static, TObject, TSchema, Validate } from './schema.js'
export type { ServedOptions } from './http-server.js'
export { listenRpc } from './server.js'
export type { ListenRpcOptions, Peer, RpcServer } from './server.js'
export { CLOSE_CODES } from './socket-connection.js'
export type { SocketConnection, SocketMessage } from './socket-connection.js'
export { FRAME_BYTES_MAX } from './socket-server.js'
export { openEventStream } from './sse.js'
export type { EventStream, EventStreamOptions } from './sse.js'
export type { ServerEvent } from './sse-parser.js'
export { TransportError } from './transport-error.js'
export type { TransportErrorCode } from './transport-error.js'
export { checkSocketPath, SOCKET_PATH_BYTES_MAX } from './socket-path.js'
export { checkToken, listenTcp, parseTcpAddress } from './tcp-server.js'
export type { ListenTcpOptions, TcpAddress, TcpServer } from './tcp-server.js'
