import { catalogue } from './catalogue'
import { en } from './common.en'
import { vi } from './common.vi'

export const common = catalogue(vi, en)
