import { catalogue } from './catalogue'
import { en } from './tasks.en'
import { vi } from './tasks.vi'

export const tasks = catalogue(vi, en)
