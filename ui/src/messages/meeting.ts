import { catalogue } from './catalogue'
import { en } from './meeting.en'
import { vi } from './meeting.vi'

export const meeting = catalogue(vi, en)
