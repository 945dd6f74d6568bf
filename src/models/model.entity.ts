import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type CompletionParameters } from '../providers/contract/completion';

/** A team's named model: a provider, the vendor's model id, and default parameters. */
@Entity('ai_models')
export class Model {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @Column({ name: 'team_id', type: 'varchar', length: 36 })
  teamId: string;

  @Column({ name: 'provider_id', type: 'varchar', length: 36 })
  providerId: string;

  @Column({ type: 'varchar', length: 100 })
  name: string;

  /** The vendor's id of the model. */
  @Column({ name: 'model_id', type: 'varchar', length: 100 })
  modelId: string;

  @Column({ type: 'json' })
  parameters: CompletionParameters;

  @Column({ name: 'is_active', type: 'boolean' })
  isActive: boolean;

  /** The team's id on its default model, null on the others: unique, so there is one default at most. */
  @Column({ name: 'default_for_team_id', type: 'varchar', length: 36, nullable: true })
  defaultForTeamId: string | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;

  @Column({ name: 'updated_at', type: 'datetime', precision: 3 })
  updatedAt: Date;
}
