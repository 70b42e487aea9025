import { catalogue } from './catalogue'
import { en } from './docs.en'
import { vi } from './docs.vi'

export const docs = catalogue(vi, en)
