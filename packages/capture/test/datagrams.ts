// A datagram socket for tests, as a service manager has one; Node has none for Unix sockets.
import koffi from 'koffi'
import { expect, onTestFinished } from 'vitest'

const AF_UNIX = 1
const SOCK_DGRAM = 2
const MSG_DONTWAIT = 0x40

/** Binds a datagram socket, abstract if the path begins with `@`; the result tells what came since. */
export function hearDatagrams(path: string): () => string[] {
  const library = koffi.load(null)
  const socket = library.func('int socket(int domain, int type, int protocol)')
  const bind = library.func('int bind(int fd, const void *address, uint32_t length)')
  const receive = library.func('long recv(int fd, void *buffer, size_t length, int flags)')
  const close = library.func('int close(int fd)')
  const fd = Number(socket(AF_UNIX, SOCK_DGRAM, 0))
  onTestFinished(() => void close(fd))
  const name = Buffer.from(path.replace(/^@/, '\0'))
  const address = Buffer.concat([Buffer.from(Uint16Array.of(AF_UNIX).buffer), name])
  expect(bind(fd, address, address.length)).toBe(0)
  return () => {
    const heard: string[] = []
    const buffer = Buffer.alloc(4_096)
    for (;;) {
      const bytes = Number(receive(fd, buffer, buffer.length, MSG_DONTWAIT))
      if (bytes < 0) return heard
      heard.push(buffer.toString('utf8', 0, bytes))
    }
  }
}
