import { Global, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { Instance } from './instance';
import { JobRunner } from './job-runner';

@Global()
@Module({
  imports: [ScheduleModule.forRoot()],
  providers: [Instance, JobRunner],
  exports: [Instance, JobRunner],
})
export class JobsModule {}
