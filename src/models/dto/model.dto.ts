import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsObject, IsString, Length, ValidateNested } from 'class-validator';
import { Optional } from '../../common/validation/optional';
import { PageQuery } from '../../common/validation/page.query.dto';
import { Nested } from '../../common/validation/shape';
import { TrimmedText } from '../../common/validation/trimmed-text';
import { ParametersInput } from './parameters.dto';

export class CreateModelInput {
  @IsString()
  @Length(1, 100)
  providerId: string;

  /** The name by which the team calls the model. */
  @TrimmedText(1, 100)
  name: string;

  /** The vendor's id of the model, such as gpt-4o-mini. */
  @TrimmedText(1, 100)
  modelId: string;

  @Optional()
  @IsObject()
  @ValidateNested()
  @Nested(() => ParametersInput)
  parameters?: ParametersInput;

  /** Makes it the team's default instead of the present one. */
  @Optional()
  @IsBoolean()
  isDefault?: boolean;
}

export class UpdateModelInput {
  @Optional()
  @IsString()
  @Length(1, 100)
  providerId?: string;

  @Optional()
  @TrimmedText(1, 100)
  name?: string;

  @Optional()
  @TrimmedText(1, 100)
  modelId?: string;

  /** Replaces the parameters as a whole. */
  @Optional()
  @IsObject()
  @ValidateNested()
  @Nested(() => ParametersInput)
  parameters?: ParametersInput;

  @Optional()
  @IsBoolean()
  isActive?: boolean;

  @Optional()
  @IsBoolean()
  isDefault?: boolean;
}

/** The tRPC form of an update: the id travels with the fields. */
export class UpdateModelByIdInput extends UpdateModelInput {
  @IsString()
  @Length(1, 100)
  id: string;
}

export class ModelsQuery extends PageQuery {
  /** monthlyUsage: adds this month's requests, tokens and cost, in the team's time zone. */
  @Optional()
  @Transform(({ value }: { value: unknown }) => value)
  @IsIn(['monthlyUsage'])
  include?: 'monthlyUsage';
}

export class ModelProviderView {
  id: string;
  name: string;
  type: string;
}

export class CapabilitiesView {
  text: boolean | null;
  images: boolean | null;
  audio: boolean | null;
  tools: boolean | null;
  jsonSchema: boolean | null;
  reasoning: boolean | null;
  embeddings: boolean | null;
  streaming: boolean | null;
}

export class LifecycleView {
  status: 'active' | 'deprecated' | 'retired';
  /** The day the vendor retires or retired it, YYYY-MM-DD. */
  date: string | null;
}

/** What is publicly known about a vendor's model; null where nothing is. */
export class CatalogEntryView {
  vendor: string;
  vendorModelId: string;
  displayName: string;
  contextWindow: number | null;
  maxOutputTokens: number | null;
  capabilities: CapabilitiesView;
  lifecycle: LifecycleView;
}

export class MonthlyUsageView {
  requests: number;
  tokens: number;
  /** Dollars; the sum of the known costs. */
  cost: string;
  /** Against the month before, by cost; null when that was nothing. */
  changePercent: number | null;
}

export class ModelView {
  id: string;
  teamId: string;
  providerId: string;
  provider: ModelProviderView;
  name: string;
  modelId: string;
  parameters: ParametersInput;
  isActive: boolean;
  isDefault: boolean;
  catalog: CatalogEntryView | null;
  monthlyUsage?: MonthlyUsageView;
  createdAt: string;
  updatedAt: string;
}

export class ModelPage {
  data: ModelView[];
  nextCursor: string | null;
}
