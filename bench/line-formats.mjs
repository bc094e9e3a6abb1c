// Eleven formats of log lines as real programs print them, with numbers, names and addresses that vary as
// they do there. Time goes forward; a format comes in bursts, since programs print that way.

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const START_MS = Date.UTC(2026, 0, 5, 6, 0, 0)

/** Returns a function that makes one line after the other, without line end. */
export function createLineMaker(random) {
  const world = createWorld(random)
  const formats = FORMATS.flatMap(({ weight, make }) => Array.from({ length: weight }, () => make))
  let clockMs = START_MS
  let make = formats[0]
  let left = 0
  return () => {
    if (left === 0) {
      make = random.pick(formats)
      left = random.integer(1, 8)
      clockMs += random.integer(0, 40)
    }
    left -= 1
    if (random.next() < 0.3) clockMs += 1
    return make(random, world, createStamp(clockMs))
  }
}

/** Names that come again and again: hosts, users, addresses, files. */
function createWorld(random) {
  const many = (count, make) => Array.from({ length: count }, make)
  const address = () =>
    `${random.integer(10, 223)}.${random.integer(0, 255)}.${random.integer(0, 255)}.${random.integer(1, 254)}`
  const words = [
    'order',
    'user',
    'cart',
    'stock',
    'price',
    'image',
    'search',
    'mail',
    'audit',
    'pay',
  ]
  return {
    hosts: many(
      12,
      () => `${random.pick(['web', 'db', 'cache', 'edge'])}-${random.integer(1, 40)}`,
    ),
    users: ['deploy', 'backup', 'git', 'anna', 'omar', 'lin', 'test', 'oracle', 'admin', 'guest'],
    addresses: many(400, address),
    services: words.map((word) => `${word}-api`),
    paths: many(
      300,
      () => `/${random.pick(words)}/${random.pick(words)}/${random.integer(1, 9999)}`,
    ),
    pods: many(60, () => `${random.pick(words)}-${random.hex(9)}-${random.hex(5)}`),
    blocks: many(
      900,
      () => `blk_${random.integer(1, 999_999_999)}${random.integer(1, 999_999_999)}`,
    ),
    nodes: many(128, () => {
      const rack = `R${String(random.integer(0, 63)).padStart(2, '0')}`
      return `${rack}-M${random.integer(0, 1)}-N${random.integer(0, 15)}-C:J${random.integer(2, 17)}-U01`
    }),
  }
}

/** One moment in the spellings that the formats need. */
function createStamp(ms) {
  const iso = new Date(ms).toISOString()
  const month = MONTHS[Number(iso.slice(5, 7)) - 1]
  const day = Number(iso.slice(8, 10))
  const time = iso.slice(11, 19)
  return {
    iso,
    seconds: Math.floor(ms / 1000),
    time,
    date: iso.slice(0, 10),
    milliseconds: iso.slice(20, 23),
    syslog: `${month} ${String(day).padStart(2)} ${time}`,
    apache: `${DAYS[new Date(ms).getUTCDay()]} ${month} ${String(day).padStart(2, '0')} ${time} 2026`,
    klog: `${iso.slice(5, 7)}${iso.slice(8, 10)} ${time}.${iso.slice(20, 23)}`,
    access: `${String(day).padStart(2, '0')}/${month}/2026:${time} +0000`,
  }
}

function level(random, names) {
  const point = random.next()
  if (point < 0.03) return names[3]
  if (point < 0.1) return names[2]
  return point < 0.8 ? names[1] : names[0]
}

function sshd(random, world, stamp) {
  const head = `${stamp.syslog} ${world.hosts[0]} sshd[${random.integer(2000, 32_000)}]:`
  const from = `${random.pickSkewed(world.addresses)} port ${random.integer(1024, 65_535)}`
  const user = random.pickSkewed(world.users)
  const point = random.next()
  if (point < 0.3) return `${head} Failed password for invalid user ${user} from ${from} ssh2`
  if (point < 0.5) {
    const tail = `uid=0 euid=0 tty=ssh ruser= rhost=${random.pickSkewed(world.addresses)}  user=${user}`
    return `${head} pam_unix(sshd:auth): authentication failure; logname= ${tail}`
  }
  if (point < 0.75) return `${head} Received disconnect from ${from}:11: Bye Bye [preauth]`
  if (point < 0.85)
    return `${head} Accepted publickey for ${user} from ${from} ssh2: RSA SHA256:${random.hex(43)}`
  return `${head} Connection closed by authenticating user ${user} ${from} [preauth]`
}

function syslog(random, world, stamp) {
  const head = `${stamp.syslog} ${random.pickSkewed(world.hosts)}`
  const point = random.next()
  if (point < 0.3) {
    const lease = `${random.pickSkewed(world.addresses)} from ${random.hex(2)}:${random.hex(2)}:${random.hex(2)}`
    return `${head} dhclient[${random.integer(400, 900)}]: DHCPREQUEST for ${lease} via eth0 (xid=0x${random.hex(8)})`
  }
  if (point < 0.6) {
    const unit = `${random.pick(world.services)}.service`
    return `${head} systemd[1]: ${unit}: Consumed ${random.integer(1, 59)}.${random.integer(100, 999)}s CPU time, read ${random.integer(1, 900)}K from disk.`
  }
  const usage = `${random.integer(1, 99_999)}.${random.integer(100_000, 999_999)}`
  return `${head} kernel: [${usage}] TCP: request_sock_TCP: Possible SYN flooding on port ${random.pick([80, 443, 8080, 9000])}. Sending cookies.  Check SNMP counters.`
}

function apacheError(random, world, stamp) {
  const from = random.pickSkewed(world.addresses)
  const name = level(random, ['debug', 'notice', 'warn', 'error'])
  const head = `[${stamp.apache}] [${name}]`
  if (random.next() < 0.5) {
    return `${head} [client ${from}] File does not exist: /var/www/html${random.pickSkewed(world.paths)}`
  }
  const child = random.integer(1000, 9999)
  return `${head} mod_jk child workerEnv in error state ${random.integer(1, 10)} (pid ${child}), jk2_init() found slot ${random.integer(1, 40)}`
}

function access(random, world, stamp) {
  const status = random.pickSkewed([200, 200, 304, 301, 404, 500])
  const request = `${random.pickSkewed(['GET', 'POST', 'PUT', 'DELETE'])} ${random.pickSkewed(world.paths)} HTTP/1.1`
  const client = random.pickSkewed([
    'Mozilla/5.0 (X11; Linux x86_64)',
    'curl/8.5.0',
    'okhttp/4.12.0',
  ])
  return `${random.pickSkewed(world.addresses)} - - [${stamp.access}] "${request}" ${status} ${random.integer(90, 60_000)} "-" "${client}"`
}

function hadoop(random, world, stamp) {
  const name = level(random, ['INFO', 'INFO', 'WARN', 'ERROR'])
  const head = `${stamp.date} ${stamp.time},${stamp.milliseconds} ${name}`
  const attempt = `attempt_1445144423722_0020_m_${String(random.integer(0, 40)).padStart(6, '0')}_${random.integer(0, 3)}`
  const point = random.next()
  if (point < 0.4) {
    return `${head} [IPC Server handler ${random.integer(0, 29)} on 62270] org.apache.hadoop.mapred.TaskAttemptListenerImpl: Progress of TaskAttempt ${attempt} is : 0.${random.integer(10_000_000, 99_999_999)}`
  }
  if (point < 0.7) {
    return `${head} [AsyncDispatcher event handler] org.apache.hadoop.mapreduce.v2.app.job.impl.TaskAttemptImpl: ${attempt} TaskAttempt Transitioned from RUNNING to SUCCESS_CONTAINER_CLEANUP`
  }
  const peer = `${random.pick(world.hosts)}/${random.pickSkewed(world.addresses)}:${random.integer(8000, 9100)}`
  return `${head} [RMCommunicator Allocator] org.apache.hadoop.ipc.Client: Retrying connect to server: ${peer}. Already tried ${random.integer(0, 45)} time(s); maxRetries=45`
}

function hdfs(random, world, stamp) {
  const head = `${stamp.date.slice(2).replaceAll('-', '')} ${stamp.time.replaceAll(':', '')} ${random.integer(13, 9000)} INFO`
  const block = random.pickSkewed(world.blocks)
  const peer = `${random.pickSkewed(world.addresses)}:50010`
  if (random.next() < 0.5) {
    return `${head} dfs.DataNode$PacketResponder: Received block ${block} of size ${random.pickSkewed([67_108_864, 233_217, 91_178])} from /${peer.slice(0, -6)}`
  }
  return `${head} dfs.FSNamesystem: BLOCK* NameSystem.addStoredBlock: blockMap updated: ${peer} is added to ${block} size 67108864`
}

function bgl(random, world, stamp) {
  const node = random.pickSkewed(world.nodes)
  const date = stamp.date.replaceAll('-', '.')
  const head = `- ${stamp.seconds} ${date} ${node} ${stamp.date}-${stamp.time.replaceAll(':', '.')}.${random.integer(100_000, 999_999)} ${node} RAS`
  const point = random.next()
  if (point < 0.5)
    return `${head} KERNEL INFO ${random.integer(1, 99_999)} double-hummer alignment exceptions`
  if (point < 0.8) return `${head} KERNEL INFO generating core.${random.integer(1, 9999)}`
  return `${head} KERNEL FATAL data TLB error interrupt at 0x${random.hex(8)}`
}

function jsonLine(random, world, stamp) {
  return JSON.stringify({
    time: stamp.iso,
    level: level(random, ['debug', 'info', 'warn', 'error']),
    service: random.pickSkewed(world.services),
    trace: random.hex(16),
    msg: random.pickSkewed(['request done', 'cache miss', 'retrying', 'upstream is slow', 'saved']),
    path: random.pickSkewed(world.paths),
    status: random.pickSkewed([200, 201, 304, 404, 500]),
    ms: random.integer(1, 2400),
  })
}

function logfmt(random, world, stamp) {
  const name = level(random, ['debug', 'info', 'warn', 'error'])
  const caller = `caller=${random.pickSkewed(['head.go', 'compact.go', 'db.go', 'main.go'])}:${random.integer(20, 1400)}`
  return `ts=${stamp.iso} level=${name} ${caller} component=${random.pickSkewed(world.services)} msg="write block" mint=${stamp.seconds - 7200}000 maxt=${stamp.seconds}000 ulid=${random.hex(12).toUpperCase()} duration=${random.integer(1, 9)}.${random.integer(100, 999)}s`
}

function klog(random, world, stamp) {
  const mark = level(random, ['I', 'I', 'W', 'E'])
  const head = `${mark}${stamp.klog}${random.integer(100, 999)} ${String(random.integer(1, 9999)).padStart(7)}`
  const pod = random.pickSkewed(world.pods)
  if (random.next() < 0.5) {
    return `${head} pod_startup_latency_tracker.go:102] "Observed pod startup duration" pod="default/${pod}" podStartSLOduration=${random.integer(1, 60)}.${random.integer(100_000, 999_999)}`
  }
  return `${head} kubelet.go:2431] "SyncLoop (PLEG): event for pod" pod="default/${pod}" event={"Type":"ContainerStarted","Data":"${random.hex(32)}"}`
}

function plain(random, world, stamp) {
  const head = `${stamp.date} ${stamp.time} ${level(random, ['DEBUG', 'INFO', 'WARN', 'ERROR'])}`
  const worker = `worker-${random.integer(1, 16)}`
  const point = random.next()
  if (point < 0.4)
    return `${head} ${worker}: ${random.integer(0, 900)} jobs waiting, ${random.integer(0, 16)} idle`
  if (point < 0.7) return `${head} ${worker}: done in ${random.integer(1, 9000)} ms`
  return `${head} ${worker}: took ${random.pickSkewed(world.paths)} from ${random.pickSkewed(world.hosts)}`
}

/** How often each comes; together they make lines of about 130 bytes in the mean. */
const FORMATS = [
  { weight: 3, make: sshd },
  { weight: 3, make: syslog },
  { weight: 3, make: apacheError },
  { weight: 4, make: access },
  { weight: 2, make: hadoop },
  { weight: 4, make: hdfs },
  { weight: 3, make: bgl },
  { weight: 3, make: jsonLine },
  { weight: 2, make: logfmt },
  { weight: 2, make: klog },
  { weight: 4, make: plain },
]
