import { catalogue } from './catalogue'
import { en } from './duty.en'
import { vi } from './duty.vi'

export const duty = catalogue(vi, en)
