/** Passkeys, as browsers have them. The library is downloaded by those who use one. */
import type { PublicKeyCredentialCreationOptionsJSON, PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/browser'

import { Told } from '@/api/problem'

type Options = Record<string, unknown>

/** What a passkey answers to the server's challenge. Throws where the user turned away. */
export async function showPasskey(options: Options): Promise<Record<string, unknown>> {
  const { startAuthentication } = await import('@simplewebauthn/browser')
  return words(() => startAuthentication({ optionsJSON: options as unknown as PublicKeyCredentialRequestOptionsJSON }))
}

/** A new passkey. Throws where the user turned away, or this device has one already. */
export async function makePasskey(options: Options): Promise<Record<string, unknown>> {
  const { startRegistration } = await import('@simplewebauthn/browser')
  return words(() => startRegistration({ optionsJSON: options as unknown as PublicKeyCredentialCreationOptionsJSON }))
}

async function words(ask: () => Promise<object>): Promise<Record<string, unknown>> {
  try {
    return { ...(await ask()) }
  } catch (error) {
    const known = error instanceof Error && error.name === 'InvalidStateError'
    throw new Told(known ? '这台设备上已有本账号的通行密钥' : '通行密钥没有通过，请重试或改用验证码', { cause: error })
  }
}
