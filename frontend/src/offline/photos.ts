/** Photos: made small here, without what the camera noted of place and phone; kept sealed at once. */
import { uuid7 } from '@/domain/uuid'

import { fromBase64, toBase64 } from './base64'
import { draft, draftNames, dropDraft, keepDraft } from './kept'

export const MOST_PHOTOS = 6
const SIDE = 1600
const BYTES = 500_000
const QUALITIES = [0.7, 0.5, 0.35, 0.2]

export interface Photo { id: string; bytes: Uint8Array<ArrayBuffer> }

/** A JPEG of at most 1600 pixels a side and 500 kB, drawn anew. Throws for what is no picture. */
export async function shrink(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  const { default: Compressor } = await import('compressorjs')
  const drawn = (quality: number) => new Promise<Blob>((success, failed) => {
    new Compressor(file, {
      quality, maxWidth: SIDE, maxHeight: SIDE, mimeType: 'image/jpeg',
      // Otherwise a picture that grows is given back as it came, with all that is noted in it.
      strict: false, retainExif: false, success, error: () => failed(new Error('这张照片打不开，请重新拍一张')),
    })
  })
  let made = await drawn(QUALITIES[0]!)
  for (const quality of QUALITIES.slice(1)) if (made.size > BYTES) made = await drawn(quality)
  return new Uint8Array(await made.arrayBuffer())
}

const prefix = (form: string) => `photo/${form}/`

/** Keep a photo of a form that is still being filled in. */
export async function keepPhoto(form: string, file: Blob): Promise<Photo> {
  const photo = { id: uuid7(), bytes: await shrink(file) }
  await keepDraft(prefix(form) + photo.id, toBase64(photo.bytes))
  return photo
}

export async function photosOf(form: string): Promise<Photo[]> {
  const names = (await draftNames()).filter((name) => name.startsWith(prefix(form)))
  const kept = await Promise.all(names.map((name) => draft<string>(name)))
  return names.flatMap((name, at) => {
    const text = kept[at]
    return text ? [{ id: name.slice(prefix(form).length), bytes: fromBase64(text) }] : []
  })
}

export const dropPhoto = (form: string, id: string): Promise<void> => dropDraft(prefix(form) + id)

export async function dropPhotos(form: string): Promise<void> {
  for (const { id } of await photosOf(form)) await dropPhoto(form, id)
}
