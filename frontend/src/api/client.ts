/** The one way to the server: typed by its OpenAPI description, signed in, with problems thrown. */
import createClient, { type Middleware } from 'openapi-fetch'

import { uuid7 } from '@/domain/uuid'

import { problemIn, Unreachable } from './problem'
import type { paths } from './schema'
import { accessToken, measure, renew } from './session'

const authorised: Middleware = {
  onRequest({ request }) {
    const token = accessToken()
    if (token) request.headers.set('authorization', `Bearer ${token}`)
    request.headers.set('x-request-id', uuid7())
  },
  onResponse({ response }) {
    measure(response)
  },
}

/** What is read comes within this many milliseconds, or counts as lost. What is sent takes as long as it takes. */
const WAIT = 30_000

async function answerTo(request: Request): Promise<Response> {
  if (request.method !== 'GET') return fetch(request)
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), WAIT)
  try {
    return await fetch(request, { signal: late.signal })
  } finally {
    clearTimeout(timer)
  }
}

/** Asks again once with a fresh token where the old one has run out. */
async function send(request: Request): Promise<Response> {
  const again = request.clone()
  try {
    if (!accessToken() && !(await renew())) return await answerTo(request)
    if (!request.headers.has('authorization')) bear(request)
    const answer = await answerTo(request)
    if (answer.status !== 401 || !(await renew())) return answer
    bear(again)
    return await answerTo(again)
  } catch (error) {
    throw error instanceof TypeError || error instanceof DOMException ? new Unreachable() : error
  }
}

function bear(request: Request): void {
  request.headers.set('authorization', `Bearer ${accessToken()}`)
}

const client = createClient<paths>({ baseUrl: location.origin, fetch: send })
client.use(authorised)

interface Answer<T> { data?: T; error?: unknown; response: Response }

/** The data of an answer. Throws AppError for a problem, Unreachable without a network. */
export async function dataOf<T>(asked: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await asked
  if (!response.ok) throw problemIn(response.status, error)
  return data as T
}

/** A version of something that is edited: what it says, and the tag that an edit of it names. */
export interface Tagged<T> { data: T; tag: string }

/** As `dataOf`, with the version that the answer shows. */
export async function taggedOf<T>(asked: Promise<Answer<T>>): Promise<Tagged<T>> {
  const answer = await asked
  return { data: await dataOf(Promise.resolve(answer)), tag: answer.response.headers.get('etag') ?? '' }
}

/** As `taggedOf` for what is asked for again and again: unchanged, it is the version at hand. */
export async function freshOf<T>(before: Tagged<T> | undefined, ask: (header: { 'if-none-match'?: string }) => Promise<Answer<T>>): Promise<Tagged<T>> {
  const answer = await ask(before ? { 'if-none-match': before.tag } : {})
  return before && answer.response.status === 304 ? before : taggedOf(Promise.resolve(answer))
}

export const { GET, POST, PUT } = client
