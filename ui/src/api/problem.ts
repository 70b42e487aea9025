// Problem documents (RFC 9457) as the server sends them: a stable code, Vietnamese first and English second.
import { lang } from '../preferences'

/** One fault in what was sent: where it is, and why it is refused. */
export interface Fault {
  field: string
  vi: string
  en: string
  value?: string | null
}

export interface ProblemDocument {
  code: string
  status: number
  title: string
  title_en: string
  detail?: string
  detail_en?: string
  faults?: Fault[]
  /** Seconds until trying again makes sense. */
  retry_after_s?: number
  [member: string]: unknown
}

/** A refusal by the server, or a way of not reaching it, that a person can understand. */
export class Problem extends Error {
  constructor(readonly document: ProblemDocument) {
    super(`${document.code}: ${document.detail_en ?? document.title_en}`)
  }

  get code(): string {
    return this.document.code
  }

  get title(): string {
    const { title, title_en } = this.document
    return lang.value === 'en' ? title_en : title
  }

  get detail(): string {
    const { detail, detail_en } = this.document
    return (lang.value === 'en' ? (detail_en ?? detail) : (detail ?? detail_en)) ?? ''
  }

  /** The reason given for one field, to stand beside it. */
  fault(field: string): string {
    const found = this.document.faults?.find((fault) => fault.field === field)
    return found ? (lang.value === 'en' ? found.en : found.vi) : ''
  }
}

/** No answer came: the line is cut, or the server is away. */
export function unreachable(): Problem {
  return new Problem({
    code: 'unreachable',
    status: 0,
    title: 'Không kết nối được máy chủ',
    title_en: 'The server cannot be reached',
    detail: 'Kiểm tra mạng rồi thử lại; nội dung đang nhập vẫn còn nguyên.',
    detail_en: 'Check the network and try again; what you typed is still here.',
  })
}

/** An answer came that is no problem document: a proxy's page, or a fault of ours. */
export function unexpected(status: number): Problem {
  return new Problem({
    code: 'unexpected-answer',
    status,
    title: `Máy chủ trả lời không hiểu được (mã ${status})`,
    title_en: `The server's answer could not be understood (status ${status})`,
  })
}

/** Whatever was thrown, as a problem that can be shown; a fault in our own code also goes to the console. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  console.error(error)
  return new Problem({
    code: 'interface-error',
    status: 0,
    title: 'Lỗi của giao diện',
    title_en: 'Something went wrong in the interface',
    detail: error instanceof Error ? error.message : String(error),
  })
}
