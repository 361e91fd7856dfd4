/** Who is signed in on this page. The access token lives in memory only; a cookie that scripts
 * cannot read gets the next one for as long as the session stands. */
import { ref } from 'vue'

import { type AppError, problemIn, Unreachable } from './problem'

let token: string | null = null
let renewal: Promise<boolean> | null = null

/** Whether this page holds a token. */
export const signedIn = ref(false)
/** How many seconds this device's clock is ahead of the server's; 0 until an answer told. */
export const clockOffset = ref(0)

export const accessToken = (): string | null => token

function take(fresh: string | null): void {
  token = fresh
  signedIn.value = fresh !== null
}

export interface SignIn { username: string; password: string; code?: string; passkey?: Record<string, unknown> }

/** Sign in. Throws AppError (also `second-factor-needed`: ask for a code) or Unreachable. */
export async function signIn(typed: SignIn, device: 'desk' | 'phone'): Promise<void> {
  const answer = await post('/api/v1/auth/login', { ...typed, device })
  if (!answer.ok) throw await refusal(answer)
  take(((await answer.json()) as { access_token: string }).access_token)
}

/** A fresh token by the cookie; false if the session ended. One question at a time. */
export function renew(): Promise<boolean> {
  renewal ??= askForNext().finally(() => (renewal = null))
  return renewal
}

let whenLost: () => Promise<void> = async () => undefined

/** What to do when the server says that this device was lost. */
export function onLost(run: () => Promise<void>): void {
  whenLost = run
}

async function askForNext(): Promise<boolean> {
  const answer = await post('/api/v1/auth/refresh')
  if (answer.status >= 500) throw await refusal(answer)
  if (answer.status === 401 && (await refusal(answer.clone())).type === 'device-lost') await whenLost()
  take(answer.ok ? ((await answer.json()) as { access_token: string }).access_token : null)
  return answer.ok
}

export async function signOut(): Promise<void> {
  const held = token
  take(null)
  if (held) await post('/api/v1/auth/logout', undefined, { authorization: `Bearer ${held}` })
}

/** Forget the token without a word to the server: the page is being left in a hurry. */
export const forget = (): void => take(null)

async function post(
  path: string, body?: unknown, more: Record<string, string> = {},
): Promise<Response> {
  try {
    const answer = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-requested-with': 'anlan', ...more },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    measure(answer)
    return answer
  } catch {
    throw new Unreachable()
  }
}

async function refusal(answer: Response): Promise<AppError> {
  return problemIn(answer.status, await answer.json().catch(() => null))
}

/** Read the server's clock off an answer: within a second, which is all that legal terms need. */
export function measure(answer: Response): void {
  const date = Date.parse(answer.headers.get('date') ?? '')
  if (!Number.isNaN(date)) clockOffset.value = Math.round((Date.now() - date) / 1000)
}
