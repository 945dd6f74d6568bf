import { Module } from '@nestjs/common';
import { RateLimiter } from './rate-limits/rate-limiter';

@Module({ providers: [RateLimiter], exports: [RateLimiter] })
export class BudgetsModule {}
