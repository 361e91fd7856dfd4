/** What the phone keeps. Nothing in here is plain: bodies are sealed before they come. */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb'

/** Ciphertext under the PIN key. */
export interface Sealed { iv: Uint8Array<ArrayBuffer>; data: ArrayBuffer }

/** settled: the supervisor decided about a conflict. */
export type State = 'queued' | 'invalid' | 'conflict' | 'settled' | 'sent'

/** A record on its way. `letter` goes to the server and opens nowhere else; `body` is the owner's
 * copy, gone once the phone was wiped or the record delivered. */
export interface Item {
  id: string
  account: number
  state: State
  /** Whether the server may have it: from then on it is no longer changed. */
  tried: boolean
  attempts: number
  nextAt: number
  madeAt: number
  letter: string | null
  body: Sealed | null
  /** Of a photo: the record it belongs to, which goes first. */
  after?: string
  /** The owner's copy of a photo. */
  photo?: Sealed | null
}


/** What unlocking takes. The device key opens nothing without the PIN. */
export interface Device {
  account: number
  key: CryptoKey
  salt: Uint8Array<ArrayBuffer>
  rounds: number
  check: Sealed
  failures: number
  seenAt: number
  point: Uint8Array<ArrayBuffer>
}

interface Schema extends DBSchema {
  device: { key: 'own'; value: Device }
  kept: { key: string; value: Sealed }
  drafts: { key: string; value: Sealed }
  outbox: { key: string; value: Item }
  plain: { key: string; value: number | string }
}

export type Database = IDBPDatabase<Schema>
let opening: Promise<Database> | null = null

export function database(): Promise<Database> {
  opening ??= openDB<Schema>('workbench', 1, {
    upgrade(db) {
      db.createObjectStore('device')
      db.createObjectStore('kept')
      db.createObjectStore('drafts')
      db.createObjectStore('outbox', { keyPath: 'id' })
      db.createObjectStore('plain')
    },
    terminated: () => (opening = null),
  })
  return opening
}

/** On disk before the promise resolves, not merely on its way there. */
export const STRICT = { durability: 'strict' } as const
