import { catalogue } from './catalogue'
import { en } from './operations.en'
import { vi } from './operations.vi'

export const operations = catalogue(vi, en)
