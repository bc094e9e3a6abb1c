// Every bound of serving in one place: what it limits, what happens there, and why this number.

export const SERVING_LIMITS = {
  /** Bytes sent to a viewer that it has not taken. Beyond it nothing is sent; what it misses is read from
   * the store when it has caught up. A stopped viewer costs no more than this. */
  viewerBytesMax: 262_144,
  /** Below this a viewer that was too slow is sent to again: far enough below that it is told once. */
  viewerBytesResume: 65_536,
  /** Serialised recent entries of all feeds. A viewer that is further behind reads the store. */
  feedBytesMax: 16_777_216,
  /** Of one feed at least, however many there are. */
  feedBytesMin: 65_536,
  /** Serialised entries that feeds with different filters share. */
  sharedBytesMax: 8_388_608,
  /** Lists of entries kept for viewers in the same place: those of one commit come one after the other. */
  sharedListsMax: 4,
  /** How far a feed reads ahead of its fastest viewer. */
  feedAheadBytesMax: 1_048_576,
  /** Entries that one step of a viewer reads from the store. */
  storePageEntriesMax: 1_000,
  storePageEntriesMin: 20,
  /** Subscriptions of one WebSocket. */
  subscriptionsMax: 64,
  /** Entries that `load` may skip: it counts them one by one. */
  loadOffsetMax: 100_000,
  /** Sinks kept open for callers; a source that comes back gets a new one. */
  sinksMax: 1_000,
  /** Entries of one call written between two looks at whether the queue is full: with the bytes that
   * they may have, far less than what a hold leaves free. */
  insertStepEntries: 64,
  /** Entries of one call written before other requests have their turn, a multiple of the steps: some
   * milliseconds of work. */
  insertTurnEntries: 1_024,
  /** Between two accounts told to a producer over a WebSocket. */
  ingestTellMs: 1_000,
  /** One entry of a page written as text or NDJSON before the next is read: the response's buffer. */
  exportBufferBytes: 262_144,
  /** Calls that append are audited once in this time for each caller and method. */
  auditPeriodMs: 60_000,
  /** Callers whose calls are counted at once; more are told one by one. */
  auditCallersMax: 1_000,
} as const
