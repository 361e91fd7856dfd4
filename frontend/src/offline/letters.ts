/** Letters that only the server opens: the phone's half of app/crypto/letters.py. */

const encode = (text: string) => new TextEncoder().encode(text)
const P256 = { name: 'ECDH', namedCurve: 'P-256' }
const INFO = 'anlan letter 1'

/** Seal what was recorded to the server's public point, bound to the id of the record it is: a text,
 * and after the end of its line the bytes of a photo. */
export async function sealLetter(
  point: Uint8Array<ArrayBuffer>, text: string, id: string, photo: Uint8Array | null = null,
): Promise<Uint8Array> {
  const plain = photo ? joined(encode(`${text}\n`), photo) : encode(text)
  const server = await crypto.subtle.importKey('raw', point, P256, false, [])
  const once = await crypto.subtle.generateKey(P256, false, ['deriveBits'])
  const own = new Uint8Array(await crypto.subtle.exportKey('raw', once.publicKey))
  const shared = await crypto.subtle.deriveBits({ name: 'ECDH', public: server }, once.privateKey, 256)
  const secret = await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey'])
  const key = await crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: joined(own, point), info: encode(INFO) },
    secret, { name: 'AES-GCM', length: 256 }, false, ['encrypt'],
  )
  const nonce = crypto.getRandomValues(new Uint8Array(12))
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv: nonce, additionalData: encode(id) }, key, plain,
  )
  const keyId = new Uint8Array(await crypto.subtle.digest('SHA-256', point)).subarray(0, 8)
  return joined(Uint8Array.of(1), keyId, own, nonce, new Uint8Array(sealed))
}

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
