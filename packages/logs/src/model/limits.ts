// Every bound of the library in one place: what it limits, what happens there, and why this number.

export const LIMITS = {
  /** Bytes accepted but not yet committed. Beyond it lines are dropped and counted. 10 MiB is a
   * tenth of a second of the fastest terminal: enough to ride out a slow disk write. */
  queueBytesDefault: 10_485_760,
  queueBytesMin: 1_048_576,
  queueBytesMax: 1_073_741_824,
  /** What a line costs in the queue beside its bytes, and beside the table's row of its region: empty lines take
   * room in columns as well. Small enough that a read of nothing but line ends stays within what producers are
   * given time to pause for. */
  queueLineCost: 1,
  /** What a region or record costs that is held while there is no store, beside what it costs in the queue:
   * the objects around it. */
  heldEntryCost: 256,
  /** One packed buffer. Large enough that a flush costs little a line, small enough that the writer
   * answers every few milliseconds; of lines of 120 bytes it makes two full blocks. */
  bufferBytes: 983_040,
  /** Regions in one packed buffer; reached by many single writes, such as a large `logs.insert`. */
  bufferRegionsMax: 2048,
  /** Packed buffers at the writer at once: one being committed, one whose blocks are made, none idle. A third
   * makes nothing faster. */
  buffersInFlightMax: 2,
  /** Packed buffers kept for reuse; more are left to the garbage collector. */
  buffersPooledMax: 4,
  /** Megabytes for new objects of the writer's thread. It makes few, and larger ones were filled all the same:
   * this takes some ten megabytes less under load, and is as fast. */
  writerYoungMb: 6,
  /** Delay from a buffer's first line to its flush. */
  flushDelayMsDefault: 50,
  flushDelayMsMax: 10_000,
  /** Longest time a producer's reading is paused before its newest lines are dropped. */
  holdMsDefault: 100,
  holdMsMax: 60_000,
  /** Open gaps and waiting repeats are written at the latest after this time. */
  tellDelayMs: 1_000,
  /** Text plus fields of one record. Larger ones are dropped as `too_large`: a packed buffer must hold
   * one, and readers hold pages of them. */
  recordBytesMax: 524_288,
  /** Text that one entry of identical lines stands for; it is written when it reaches this. */
  repeatBytesMax: 1_048_576,
  /** Lines a second that a rate limit may name: above what any producer can make. */
  ratePerSecondMax: 10_000_000,
  /** Sources that can be known at once: each costs a counter row on every thread. */
  sourcesMax: 100_000,
  /** UTF-8 bytes of a source name: the longest file name, so that a name can become one. */
  sourceNameBytesMax: 255,
  /** Delay before a failed batch is tried again. */
  retryDelayMs: 250,
  /** Lines and text bytes of one block: the unit of compression, and of what a reader decodes. */
  blockLinesMax: 4_096,
  blockBytesMax: 524_288,
  /** Room for the text of one block: its last line may begin right before `blockBytesMax`. Of lines up to the
   * 64 KiB at which capture splits them none needs more; for larger ones there is more for that block. */
  blockRoomBytes: 655_360,
  /** From this many bytes of one source in one batch on, they become sealed blocks at once. */
  sealBytesMin: 65_536,
  /** Blocks with at least this much text are packed by other threads. For those of 120 KB, as eight busy sources
   * make them, the way there and back costs a seventh more CPU time and gains nothing. */
  packAsideBytesMin: 262_144,
  /** Staged blocks below this size are merged with their neighbours first. */
  stagedSmallLines: 1_024,
  /** Staged blocks with less text than this are not packed: they are soon regrouped. */
  stagedPackBytesMin: 16_384,
  /** Text that one compaction takes: it is held in memory, decoded, until the new blocks are written. */
  compactBytesMax: 2_097_152,
  /** Small staged blocks that start a merge, and the most that one step takes. */
  stagedSmallCount: 32,
  /** Large staged blocks that start a regrouping by source: enough for sealed blocks worth reading, few
   * enough that a source's newest lines are not spread over many. */
  stagedLargeCount: 4,
  /** Lines of one source that make a sealed block worth its row when large blocks are regrouped. */
  sealLinesMin: 64,
  /** The same for what is left when a partition is closed: nothing more will come to it. */
  finalLinesMin: 256,
  /** Smallest signature of a block: one of a few lines is still worth asking. */
  signatureBytesMin: 64,
  /** A partition file is closed at this size or age; retention unlinks whole files. */
  partitionBytesDefault: 67_108_864,
  partitionBytesMin: 65_536,
  partitionAgeMsDefault: 86_400_000,
  /** Size of all files of a store when nobody says; less on a small disk. */
  storeBytesDefault: 4_294_967_296,
  /** Shortest age that retention can be asked for: below it a clock's correction could empty a store. */
  keepAgeMsMin: 1_000,
  /** Packed seqs of removed lines, kept to tell a late reader how many it missed; beyond it only sums. */
  tombstoneRunsBytesMax: 16_777_216,
  /** Pages without content that one step gives back to the disk. */
  trimPagesMax: 512,
  /** WAL size from which it is moved into the file between two batches. */
  walCheckpointBytes: 2_097_152,
  /** Size of a WAL's file beyond which the writer moves the rest itself, so that it can begin anew. */
  walFileBytes: 4_194_304,
  /** Checkpoints that the writer does itself before it starts a thread for them: short runs never need it. */
  checkpointsInline: 8,
  /** WAL that the writer moves itself when it seals a partition; more goes to the checkpoint thread. */
  sealWalBytesMax: 524_288,
  /** WAL size at which a partition is closed early: some reader keeps its WAL from being emptied. */
  walBytesMax: 67_108_864,
  /** File that is given up when the disk is full, so that there is room to remove something. */
  ballastBytes: 1_048_576,
  /** How often retention looks, and a reader that keeps a closed partition open is asked again. */
  upkeepMs: 1_000,
  /** How often limits of single sources are looked at. */
  sweepMs: 10_000,
  /** A sweep pauses for at least this many times as long as it worked: it takes a twentieth of the time. */
  sweepPauseRatio: 20,
  /** Least time between two partitions that are removed because the disk is full. */
  makeRoomMs: 1_000,
  /** Time without any answer after which the reader's thread is ended and begun anew: one query takes at
   * most `queryBudgetMs` and one file. */
  readerStuckMs: 10_000,
  /** Signatures of sealed partitions that a reader keeps for its next search: of some 15 million lines. */
  signatureCacheBytes: 25_165_824,
  /** How long a reader waits for a file that somebody holds; less than `readerStuckMs`. */
  readerBusyMs: 5_000,
  /** Partition files that a reader keeps open. */
  readerFilesMax: 16,
  /** Entries in one answer. */
  queryLimitDefault: 1_000,
  queryLimitMax: 10_000,
  /** Text bytes in one answer: an answer is copied between threads and held by the asker. */
  queryBytesMax: 8_388_608,
  /** Work of one query call; then it answers what it has, with `complete: false` and a cursor. */
  queryBudgetMs: 250,
  /** Work of one step of a count, or of another question over the whole store. It is asked for step after step until it is whole: whoever turns a page
   * meanwhile waits for one of them. */
  countBudgetMs: 40,
  /** Characters of a pattern. */
  patternLengthMax: 1_000,
  /** Lines around a match; each match may cost two visits to a block. */
  queryContextMax: 1_000,
  /** Buckets of a histogram: a page draws no more. */
  histogramBucketsDefault: 60,
  histogramBucketsMax: 1_000,
  /** Blocks of one window of a count: about 20 ms when all have to be unpacked. */
  histogramStepBlocks: 64,
  /** Conditions on fields in one query, and characters of a field's path: each line is tried on all. */
  fieldConditionsMax: 32,
  fieldPathMax: 255,
  /** Followers of one store. */
  followersMax: 10_000,
  /** How long closing waits for a query to end before its thread is ended. */
  readerEndMs: 2_000,
  /** How long closing waits for followers to see the last entries. */
  followersEndMs: 1_000,
} as const
