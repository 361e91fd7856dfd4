/** What the server refuses: RFC 9457 problems, with a stable `type` and a Chinese `detail`. */
import type { components } from './schema'

export type Problem = components['schemas']['Problem']

export class AppError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail)
  }

  /** The last part of the problem's type: `wrong-state`, `sign-in-needed`. */
  get type(): string {
    return this.problem.type.slice(this.problem.type.lastIndexOf('/') + 1)
  }

  /** What is wrong with which field. */
  get problems(): NonNullable<Problem['problems']> {
    return this.problem.problems ?? []
  }

  /** The detail, and what is wrong with each field: where the fields do not say so themselves. */
  get words(): string {
    return [this.problem.detail, ...this.problems.map((one) => one.message)].join('；')
  }

  get status(): number {
    return this.problem.status
  }
}

/** Something that went wrong on this side, in words for whoever sits here. */
export class Told extends Error {}

/** There was no answer: no network, or one that was lost on its way. */
export class Unreachable extends Told {
  constructor() {
    super('没有连上服务器，请检查网络后重试')
  }
}

const SILENT: Omit<Problem, 'status'> = {
  type: 'failure', title: '系统出错', detail: '系统出错，请稍后重试', basis: null, problems: [],
}

/** The problem in an answer; one in general words where the answer holds none (a proxy's page). */
export function problemIn(status: number, body: unknown): AppError {
  const known = typeof body === 'object' && body !== null && 'type' in body && 'detail' in body
  return new AppError(known ? (body as Problem) : { ...SILENT, status })
}

/** What to tell the user of whatever went wrong. */
export function wordsOf(error: unknown): string {
  if (error instanceof AppError) return error.words
  return error instanceof Told ? error.message : '没有成功，请重试'
}
