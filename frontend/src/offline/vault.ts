/** The PIN and what it opens. The key exists in memory between unlocking and locking only. */
import { ref } from 'vue'

import { database, type Device, type Sealed, STRICT } from './store'

export const ROUNDS = 600_000
export const MOST_FAILURES = 10
export const LONGEST_UNSEEN = 72 * 3_600_000
const CHECK = '工作台'

let key: CryptoKey | null = null
let account: number | null = null

/** none: no PIN here, sign in. locked: a PIN opens. open: the key is in memory. */
export const access = ref<'unknown' | 'none' | 'locked' | 'open'>('unknown')

/** The account whose records these are; null while locked. */
export const owner = (): number | null => account

const encode = (text: string) => new TextEncoder().encode(text)

async function keyFrom(pin: string, device: Pick<Device, 'key' | 'salt' | 'rounds'>): Promise<CryptoKey> {
  const typed = await crypto.subtle.importKey('raw', encode(pin), 'PBKDF2', false, ['deriveBits'])
  const stretched = await crypto.subtle.deriveBits(
    { name: 'PBKDF2', hash: 'SHA-256', salt: device.salt, iterations: device.rounds }, typed, 256,
  )
  const tied = await crypto.subtle.sign('HMAC', device.key, device.salt)
  const both = await crypto.subtle.importKey('raw', stretched, 'HKDF', false, ['deriveKey'])
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: tied, info: encode('anlan phone 1') },
    both, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'],
  )
}

async function sealUnder(under: CryptoKey, plain: Uint8Array<ArrayBuffer>): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12))
  return { iv, data: await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, under, plain) }
}

async function openUnder(under: CryptoKey, sealed: Sealed): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: sealed.iv }, under, sealed.data))
}

const decode = (plain: Uint8Array) => new TextDecoder().decode(plain)

export class Locked extends Error {}

/** Seal a value under the PIN key. Throws Locked without one. */
export const seal = (value: unknown): Promise<Sealed> => sealBytes(encode(JSON.stringify(value)))

/** What `seal` sealed. Throws Locked without the key. */
export const unseal = async <T>(sealed: Sealed): Promise<T> => JSON.parse(decode(await unsealBytes(sealed))) as T

/** `seal` for bytes, such as a photo. */
export async function sealBytes(plain: Uint8Array<ArrayBuffer>): Promise<Sealed> {
  if (!key) throw new Locked()
  return sealUnder(key, plain)
}

export async function unsealBytes(sealed: Sealed): Promise<Uint8Array<ArrayBuffer>> {
  if (!key) throw new Locked()
  return openUnder(key, sealed)
}

/** Look at what is here, and wipe what was unseen too long. */
export async function look(now = Date.now()): Promise<void> {
  const device = await (await database()).get('device', 'own')
  if (device && now - device.seenAt > LONGEST_UNSEEN) return wipe()
  access.value = device ? (key ? 'open' : 'locked') : 'none'
}

/** Begin anew with a PIN, after signing in. Whatever an earlier PIN opened is gone. */
export async function enrol(pin: string, forAccount: number, point: Uint8Array<ArrayBuffer>): Promise<void> {
  await wipe()
  const device = {
    account: forAccount,
    key: await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign']),
    salt: crypto.getRandomValues(new Uint8Array(16)),
    rounds: ROUNDS,
  }
  key = await keyFrom(pin, device)
  account = forAccount
  const check = await sealUnder(key, encode(CHECK))
  const whole: Device = { ...device, check, failures: 0, seenAt: Date.now(), point }
  await (await database()).put('device', whole, 'own')
  access.value = 'open'
}

export type Unlocked = 'open' | 'wiped' | { left: number }

/** Try a PIN. The failure is on disk before the PIN is tried, so that a killed page counts too. */
export async function unlock(pin: string): Promise<Unlocked> {
  const db = await database()
  const device = await db.get('device', 'own')
  if (!device) return 'wiped'
  await put({ ...device, failures: device.failures + 1 })
  const tried = await keyFrom(pin, device)
  const right = await openUnder(tried, device.check).then((plain) => decode(plain) === CHECK, () => false)
  if (!right) {
    const left = MOST_FAILURES - device.failures - 1
    if (left > 0) return { left }
    await wipe()
    return 'wiped'
  }
  await put({ ...device, failures: 0 })
  key = tried
  account = device.account
  access.value = 'open'
  return 'open'
}

async function put(device: Device): Promise<void> {
  const tx = (await database()).transaction('device', 'readwrite', STRICT)
  await Promise.all([tx.store.put(device, 'own'), tx.done])
}

export function lock(): void {
  key = null
  account = null
  if (access.value === 'open') access.value = 'locked'
}

/** Note that the server was met just now. */
export async function seen(now = Date.now()): Promise<void> {
  const device = await (await database()).get('device', 'own')
  if (device) await put({ ...device, seenAt: now })
}

/** Forget everything the PIN opens. Letters to the server stay: they are sent after the next
 * sign-in, and open nowhere else. */
export async function wipe(): Promise<void> {
  const tx = (await database()).transaction(['device', 'kept', 'drafts', 'outbox'], 'readwrite', STRICT)
  await Promise.all([
    tx.objectStore('device').clear(),
    tx.objectStore('kept').clear(),
    tx.objectStore('drafts').clear(),
  ])
  const outbox = tx.objectStore('outbox')
  for (const item of await outbox.getAll()) {
    await outbox.put({ ...item, body: null, ...(item.photo ? { photo: null } : {}) })
  }
  await tx.done
  lock()
  access.value = 'none'
}
