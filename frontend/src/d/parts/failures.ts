/** What to say where something asked of the server did not come: what happened, what to do next, whether asking again may help. */
import { AppError, Unreachable } from '@/api/problem'

export interface Failure { title: string; text: string; again: boolean }

export function failureOf(error: unknown): Failure {
  if (error instanceof Unreachable) {
    return { title: '连不上服务器', text: '没有收到服务器的答复。请检查网络连接；网络恢复后会自动重新读取，也可以现在重试。', again: true }
  }
  if (!(error instanceof AppError)) {
    return { title: '这部分内容没有读到', text: '网络可能断开过，或者系统刚刚更新。请重试；仍然不行的，请告诉系统管理员。', again: true }
  }
  if (error.status >= 500) {
    return { title: '系统暂时不能使用', text: '服务器出错或者正在维护，不是您的操作造成的。请过一会儿重试；一直不能使用的，请告诉系统管理员。', again: true }
  }
  switch (error.status) {
    case 403: return { title: error.words, text: '您的角色不能查看这部分内容。工作需要查看的，请由安全管理员授予相应角色。', again: false }
    case 404: return { title: error.words, text: '网址有误，或者内容不在您的工作范围。', again: false }
    case 422: return { title: '网址中的条件不正确', text: `${error.words}。请从菜单重新打开本页，再选择条件。`, again: false }
    default: return { title: error.words, text: '请稍后重试。', again: true }
  }
}
