import { catalogue } from './catalogue'
import { en } from './feeds.en'
import { vi } from './feeds.vi'

export const feeds = catalogue(vi, en)
