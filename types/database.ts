export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]

export type Database = {
  
  "public": {
          Tables: {
            "conversations": {
                  Row: {
                    "created_at": string,"id": string,"project_id": string | null,"title": string | null,"updated_at": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"id"?: string,"project_id"?: string | null,"title"?: string | null,"updated_at"?: string,"user_id": string
                  }
                  Update: {
                    "created_at"?: string,"id"?: string,"project_id"?: string | null,"title"?: string | null,"updated_at"?: string,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "conversations_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"enhancement_cache": {
                  Row: {
                    "enhanced_prompt": string,"model_used": string,"question": string,"written_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "enhanced_prompt": string,"model_used": string,"question": string,"written_at"?: string
                  }
                  Update: {
                    "enhanced_prompt"?: string,"model_used"?: string,"question"?: string,"written_at"?: string
                  }
                  Relationships: [
                    
                  ]
                },"job_leases": {
                  Row: {
                    "attempt": number,"claim_id": string,"claimed_at": string,"expires_at": string,"has_ended": boolean,"is_legacy": boolean,"job_id": string,"progress_written_at": string,"worker_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "attempt": number,"claim_id": string,"claimed_at"?: string,"expires_at": string,"has_ended"?: boolean,"is_legacy"?: boolean,"job_id": string,"progress_written_at"?: string,"worker_id": string
                  }
                  Update: {
                    "attempt"?: number,"claim_id"?: string,"claimed_at"?: string,"expires_at"?: string,"has_ended"?: boolean,"is_legacy"?: boolean,"job_id"?: string,"progress_written_at"?: string,"worker_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "job_leases_job_id_fkey"
      columns: ["job_id"]
isOneToOne: true
      referencedRelation: "jobs"
      referencedColumns: ["id"]
    }
                  ]
                },"job_outputs": {
                  Row: {
                    "asset_index": number,"attempt": number,"delivered_at": string,"job_id": string,"metadata": NonNullable<Json>,"mime_type": string,"path": string,"size_bytes": number,"thumbnail_path": string | null,"version": string
                  }
                  ComputedFields: never
                  Insert: {
                    "asset_index": number,"attempt": number,"delivered_at"?: string,"job_id": string,"metadata"?: NonNullable<Json>,"mime_type": string,"path": string,"size_bytes": number,"thumbnail_path"?: string | null,"version": string
                  }
                  Update: {
                    "asset_index"?: number,"attempt"?: number,"delivered_at"?: string,"job_id"?: string,"metadata"?: NonNullable<Json>,"mime_type"?: string,"path"?: string,"size_bytes"?: number,"thumbnail_path"?: string | null,"version"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "job_outputs_job_id_fkey"
      columns: ["job_id"]
isOneToOne: false
      referencedRelation: "jobs"
      referencedColumns: ["id"]
    }
                  ]
                },"job_times": {
                  Row: {
                    "job_type": string,"mean_seconds": number,"outputs": number,"p50_seconds": number,"p90_seconds": number,"queue": string
                  }
                  ComputedFields: never
                  Insert: {
                    "job_type": string,"mean_seconds": number,"outputs": number,"p50_seconds": number,"p90_seconds": number,"queue": string
                  }
                  Update: {
                    "job_type"?: string,"mean_seconds"?: number,"outputs"?: number,"p50_seconds"?: number,"p90_seconds"?: number,"queue"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "job_times_queue_fkey"
      columns: ["queue"]
isOneToOne: false
      referencedRelation: "queues"
      referencedColumns: ["name"]
    }
                  ]
                },"jobs": {
                  Row: {
                    "attempts": number,"cancel_requested_at": string | null,"compel_weights": Json | null,"completed_at": string | null,"config": NonNullable<Json>,"created_at": string,"destination": string,"enhanced_prompt": string | null,"enhancement_strategy": string | null,"enhancement_time_ms": number | null,"error_code": string | null,"error_message": string | null,"expected_run_seconds": number | null,"expected_seconds": number | null,"failures": number,"format": string,"handed_out_at": string | null,"handout": number,"id": string,"idempotency_key": string | null,"image_id": string | null,"job_type": string,"max_attempts": number,"metadata": NonNullable<Json>,"model_type": string,"moderation_status": string,"not_before": string | null,"original_prompt": string,"output_byte_limit": number,"output_type": string,"priority": number,"progress": number,"project_id": string | null,"quality": string,"quality_rating": number | null,"queue": string,"replay_of": string | null,"request_hash": string | null,"result": Json | null,"stage": string,"started_at": string | null,"status": string,"template_name": string | null,"turn": number,"user_id": string,"video_id": string | null,"warnings": NonNullable<Json>,"workspace_session_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "attempts"?: number,"cancel_requested_at"?: string | null,"compel_weights"?: Json | null,"completed_at"?: string | null,"config"?: NonNullable<Json>,"created_at"?: string,"destination"?: string,"enhanced_prompt"?: string | null,"enhancement_strategy"?: string | null,"enhancement_time_ms"?: number | null,"error_code"?: string | null,"error_message"?: string | null,"expected_run_seconds"?: number | null,"expected_seconds"?: number | null,"failures"?: number,"format": string,"handed_out_at"?: string | null,"handout"?: number,"id"?: string,"idempotency_key"?: string | null,"image_id"?: string | null,"job_type": string,"max_attempts"?: number,"metadata"?: NonNullable<Json>,"model_type": string,"moderation_status"?: string,"not_before"?: string | null,"original_prompt": string,"output_byte_limit": number,"output_type": string,"priority"?: number,"progress"?: number,"project_id"?: string | null,"quality": string,"quality_rating"?: number | null,"queue": string,"replay_of"?: string | null,"request_hash"?: string | null,"result"?: Json | null,"stage"?: string,"started_at"?: string | null,"status"?: string,"template_name"?: string | null,"turn"?: number,"user_id": string,"video_id"?: string | null,"warnings"?: NonNullable<Json>,"workspace_session_id"?: string | null
                  }
                  Update: {
                    "attempts"?: number,"cancel_requested_at"?: string | null,"compel_weights"?: Json | null,"completed_at"?: string | null,"config"?: NonNullable<Json>,"created_at"?: string,"destination"?: string,"enhanced_prompt"?: string | null,"enhancement_strategy"?: string | null,"enhancement_time_ms"?: number | null,"error_code"?: string | null,"error_message"?: string | null,"expected_run_seconds"?: number | null,"expected_seconds"?: number | null,"failures"?: number,"format"?: string,"handed_out_at"?: string | null,"handout"?: number,"id"?: string,"idempotency_key"?: string | null,"image_id"?: string | null,"job_type"?: string,"max_attempts"?: number,"metadata"?: NonNullable<Json>,"model_type"?: string,"moderation_status"?: string,"not_before"?: string | null,"original_prompt"?: string,"output_byte_limit"?: number,"output_type"?: string,"priority"?: number,"progress"?: number,"project_id"?: string | null,"quality"?: string,"quality_rating"?: number | null,"queue"?: string,"replay_of"?: string | null,"request_hash"?: string | null,"result"?: Json | null,"stage"?: string,"started_at"?: string | null,"status"?: string,"template_name"?: string | null,"turn"?: number,"user_id"?: string,"video_id"?: string | null,"warnings"?: NonNullable<Json>,"workspace_session_id"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "jobs_queue_fkey"
      columns: ["queue"]
isOneToOne: false
      referencedRelation: "queues"
      referencedColumns: ["name"]
    },{
      foreignKeyName: "jobs_replay_of_fkey"
      columns: ["replay_of"]
isOneToOne: false
      referencedRelation: "jobs"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "jobs_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"messages": {
                  Row: {
                    "content": string,"conversation_id": string,"created_at": string,"id": string,"metadata": NonNullable<Json>,"sender": string,"turn": number,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "content": string,"conversation_id": string,"created_at"?: string,"id"?: string,"metadata"?: NonNullable<Json>,"sender": string,"turn": number,"user_id": string
                  }
                  Update: {
                    "content"?: string,"conversation_id"?: string,"created_at"?: string,"id"?: string,"metadata"?: NonNullable<Json>,"sender"?: string,"turn"?: number,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "messages_conversation_id_fkey"
      columns: ["conversation_id"]
isOneToOne: false
      referencedRelation: "conversations"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "messages_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"negative_prompts": {
                  Row: {
                    "content_mode": string,"created_at": string,"created_by": string | null,"description": string | null,"id": string,"is_active": boolean,"model_type": string,"negative_prompt": string,"priority": number,"priority_group": number,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "content_mode"?: string,"created_at"?: string,"created_by"?: string | null,"description"?: string | null,"id"?: string,"is_active"?: boolean,"model_type"?: string,"negative_prompt": string,"priority"?: number,"priority_group": number,"updated_at"?: string
                  }
                  Update: {
                    "content_mode"?: string,"created_at"?: string,"created_by"?: string | null,"description"?: string | null,"id"?: string,"is_active"?: boolean,"model_type"?: string,"negative_prompt"?: string,"priority"?: number,"priority_group"?: number,"updated_at"?: string
                  }
                  Relationships: [
                    
                  ]
                },"profiles": {
                  Row: {
                    "age_verification_date": string | null,"age_verified": boolean,"birth_date": string | null,"created_at": string,"id": string,"subscription_status": string,"token_balance": number,"updated_at": string,"username": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "age_verification_date"?: string | null,"age_verified"?: boolean,"birth_date"?: string | null,"created_at"?: string,"id": string,"subscription_status"?: string,"token_balance"?: number,"updated_at"?: string,"username"?: string | null
                  }
                  Update: {
                    "age_verification_date"?: string | null,"age_verified"?: boolean,"birth_date"?: string | null,"created_at"?: string,"id"?: string,"subscription_status"?: string,"token_balance"?: number,"updated_at"?: string,"username"?: string | null
                  }
                  Relationships: [
                    
                  ]
                },"prompt_templates": {
                  Row: {
                    "comment": string | null,"content_mode": string,"created_at": string,"created_by": string | null,"description": string | null,"enhancer_model": string,"id": string,"is_active": boolean,"job_type": string | null,"metadata": NonNullable<Json>,"system_prompt": string,"target_model": string | null,"template_name": string,"token_limit": number,"updated_at": string,"use_case": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "comment"?: string | null,"content_mode"?: string,"created_at"?: string,"created_by"?: string | null,"description"?: string | null,"enhancer_model": string,"id"?: string,"is_active"?: boolean,"job_type"?: string | null,"metadata"?: NonNullable<Json>,"system_prompt": string,"target_model"?: string | null,"template_name": string,"token_limit"?: number,"updated_at"?: string,"use_case": string,"version"?: number
                  }
                  Update: {
                    "comment"?: string | null,"content_mode"?: string,"created_at"?: string,"created_by"?: string | null,"description"?: string | null,"enhancer_model"?: string,"id"?: string,"is_active"?: boolean,"job_type"?: string | null,"metadata"?: NonNullable<Json>,"system_prompt"?: string,"target_model"?: string | null,"template_name"?: string,"token_limit"?: number,"updated_at"?: string,"use_case"?: string,"version"?: number
                  }
                  Relationships: [
                    
                  ]
                },"queues": {
                  Row: {
                    "attempt_limit": string,"handout_window": number,"is_paused": boolean,"name": string,"p50_ratio": number,"p90_ratio": number,"queue_ttl": string,"turn": number,"waiting_limit": number,"woken_at": string,"workers": number
                  }
                  ComputedFields: never
                  Insert: {
                    "attempt_limit"?: string,"handout_window"?: number,"is_paused"?: boolean,"name": string,"p50_ratio"?: number,"p90_ratio"?: number,"queue_ttl"?: string,"turn"?: number,"waiting_limit"?: number,"woken_at"?: string,"workers"?: number
                  }
                  Update: {
                    "attempt_limit"?: string,"handout_window"?: number,"is_paused"?: boolean,"name"?: string,"p50_ratio"?: number,"p90_ratio"?: number,"queue_ttl"?: string,"turn"?: number,"waiting_limit"?: number,"woken_at"?: string,"workers"?: number
                  }
                  Relationships: [
                    
                  ]
                },"sweeps": {
                  Row: {
                    "id": boolean,"last_run": string,"learned_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "id"?: boolean,"last_run"?: string,"learned_at"?: string
                  }
                  Update: {
                    "id"?: boolean,"last_run"?: string,"learned_at"?: string
                  }
                  Relationships: [
                    
                  ]
                },"system_config": {
                  Row: {
                    "config": NonNullable<Json>,"created_at": string,"id": number,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "config"?: NonNullable<Json>,"created_at"?: string,"id"?: number,"updated_at"?: string
                  }
                  Update: {
                    "config"?: NonNullable<Json>,"created_at"?: string,"id"?: number,"updated_at"?: string
                  }
                  Relationships: [
                    
                  ]
                },"usage_logs": {
                  Row: {
                    "action": string,"created_at": string,"credits_consumed": number,"format": string | null,"id": string,"job_id": string | null,"metadata": NonNullable<Json>,"quality": string | null,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "action": string,"created_at"?: string,"credits_consumed": number,"format"?: string | null,"id"?: string,"job_id"?: string | null,"metadata"?: NonNullable<Json>,"quality"?: string | null,"user_id": string
                  }
                  Update: {
                    "action"?: string,"created_at"?: string,"credits_consumed"?: number,"format"?: string | null,"id"?: string,"job_id"?: string | null,"metadata"?: NonNullable<Json>,"quality"?: string | null,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "usage_logs_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"user_activity_log": {
                  Row: {
                    "action": string,"created_at": string,"id": string,"ip_address": unknown,"metadata": NonNullable<Json>,"resource_id": string | null,"resource_type": string | null,"user_agent": string | null,"user_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "action": string,"created_at"?: string,"id"?: string,"ip_address"?: unknown,"metadata"?: NonNullable<Json>,"resource_id"?: string | null,"resource_type"?: string | null,"user_agent"?: string | null,"user_id"?: string | null
                  }
                  Update: {
                    "action"?: string,"created_at"?: string,"id"?: string,"ip_address"?: unknown,"metadata"?: NonNullable<Json>,"resource_id"?: string | null,"resource_type"?: string | null,"user_agent"?: string | null,"user_id"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "user_activity_log_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"user_collections": {
                  Row: {
                    "asset_count": number,"created_at": string,"description": string | null,"id": string,"name": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "asset_count"?: number,"created_at"?: string,"description"?: string | null,"id"?: string,"name": string,"user_id"?: string
                  }
                  Update: {
                    "asset_count"?: number,"created_at"?: string,"description"?: string | null,"id"?: string,"name"?: string,"user_id"?: string
                  }
                  Relationships: [
                    
                  ]
                },"user_library": {
                  Row: {
                    "asset_type": string,"collection_id": string | null,"content_category": string,"created_at": string,"custom_title": string | null,"duration_seconds": number | null,"file_size_bytes": number,"generation_seed": number | null,"generation_settings": NonNullable<Json>,"height": number | null,"id": string,"is_favorite": boolean,"mime_type": string,"model_used": string,"original_prompt": string,"roleplay_metadata": NonNullable<Json>,"source_asset_id": string | null,"storage_path": string,"tags": (string)[],"thumbnail_path": string | null,"updated_at": string,"user_id": string,"visibility": string,"width": number | null
                  }
                  ComputedFields: never
                  Insert: {
                    "asset_type": string,"collection_id"?: string | null,"content_category"?: string,"created_at"?: string,"custom_title"?: string | null,"duration_seconds"?: number | null,"file_size_bytes": number,"generation_seed"?: number | null,"generation_settings"?: NonNullable<Json>,"height"?: number | null,"id"?: string,"is_favorite"?: boolean,"mime_type": string,"model_used": string,"original_prompt": string,"roleplay_metadata"?: NonNullable<Json>,"source_asset_id"?: string | null,"storage_path": string,"tags"?: (string)[],"thumbnail_path"?: string | null,"updated_at"?: string,"user_id": string,"visibility"?: string,"width"?: number | null
                  }
                  Update: {
                    "asset_type"?: string,"collection_id"?: string | null,"content_category"?: string,"created_at"?: string,"custom_title"?: string | null,"duration_seconds"?: number | null,"file_size_bytes"?: number,"generation_seed"?: number | null,"generation_settings"?: NonNullable<Json>,"height"?: number | null,"id"?: string,"is_favorite"?: boolean,"mime_type"?: string,"model_used"?: string,"original_prompt"?: string,"roleplay_metadata"?: NonNullable<Json>,"source_asset_id"?: string | null,"storage_path"?: string,"tags"?: (string)[],"thumbnail_path"?: string | null,"updated_at"?: string,"user_id"?: string,"visibility"?: string,"width"?: number | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "user_library_user_id_collection_id_fkey"
      columns: ["user_id","collection_id"]
isOneToOne: false
      referencedRelation: "user_collections"
      referencedColumns: ["user_id","id"]
    }
                  ]
                },"user_roles": {
                  Row: {
                    "created_at": string,"role": Database["public"]['Enums']["app_role"],"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"role": Database["public"]['Enums']["app_role"],"user_id": string
                  }
                  Update: {
                    "created_at"?: string,"role"?: Database["public"]['Enums']["app_role"],"user_id"?: string
                  }
                  Relationships: [
                    
                  ]
                },"workers": {
                  Row: {
                    "capabilities": NonNullable<Json>,"check_claimed_at": string,"checked_at": string | null,"health_error": string | null,"is_automatic": boolean,"is_healthy": boolean | null,"registered_at": string,"registration_method": string,"response_ms": number | null,"seen_at": string,"url": string,"worker_id": string,"worker_type": string
                  }
                  ComputedFields: never
                  Insert: {
                    "capabilities"?: NonNullable<Json>,"check_claimed_at"?: string,"checked_at"?: string | null,"health_error"?: string | null,"is_automatic"?: boolean,"is_healthy"?: boolean | null,"registered_at"?: string,"registration_method"?: string,"response_ms"?: number | null,"seen_at"?: string,"url": string,"worker_id": string,"worker_type": string
                  }
                  Update: {
                    "capabilities"?: NonNullable<Json>,"check_claimed_at"?: string,"checked_at"?: string | null,"health_error"?: string | null,"is_automatic"?: boolean,"is_healthy"?: boolean | null,"registered_at"?: string,"registration_method"?: string,"response_ms"?: number | null,"seen_at"?: string,"url"?: string,"worker_id"?: string,"worker_type"?: string
                  }
                  Relationships: [
                    
                  ]
                },"workspace_assets": {
                  Row: {
                    "asset_index": number,"asset_type": string,"created_at": string,"duration_seconds": number | null,"expires_at": string,"file_size_bytes": number,"generation_seed": number | null,"generation_settings": NonNullable<Json>,"height": number | null,"id": string,"is_dismissed": boolean,"job_id": string,"library_asset_id": string | null,"mime_type": string,"model_used": string,"original_prompt": string,"save_due_at": string | null,"temp_storage_path": string,"thumbnail_path": string | null,"user_id": string,"width": number | null
                  }
                  ComputedFields: never
                  Insert: {
                    "asset_index"?: number,"asset_type": string,"created_at"?: string,"duration_seconds"?: number | null,"expires_at"?: string,"file_size_bytes": number,"generation_seed"?: number | null,"generation_settings"?: NonNullable<Json>,"height"?: number | null,"id"?: string,"is_dismissed"?: boolean,"job_id": string,"library_asset_id"?: string | null,"mime_type": string,"model_used": string,"original_prompt": string,"save_due_at"?: string | null,"temp_storage_path": string,"thumbnail_path"?: string | null,"user_id": string,"width"?: number | null
                  }
                  Update: {
                    "asset_index"?: number,"asset_type"?: string,"created_at"?: string,"duration_seconds"?: number | null,"expires_at"?: string,"file_size_bytes"?: number,"generation_seed"?: number | null,"generation_settings"?: NonNullable<Json>,"height"?: number | null,"id"?: string,"is_dismissed"?: boolean,"job_id"?: string,"library_asset_id"?: string | null,"mime_type"?: string,"model_used"?: string,"original_prompt"?: string,"save_due_at"?: string | null,"temp_storage_path"?: string,"thumbnail_path"?: string | null,"user_id"?: string,"width"?: number | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "workspace_assets_job_id_fkey"
      columns: ["job_id"]
isOneToOne: false
      referencedRelation: "jobs"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "workspace_assets_library_asset_id_fkey"
      columns: ["library_asset_id"]
isOneToOne: true
      referencedRelation: "user_library"
      referencedColumns: ["id"]
    }
                  ]
                },"workspace_items": {
                  Row: {
                    "created_at": string,"id": string,"session_id": string,"status": string,"updated_at": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"id"?: string,"session_id": string,"status": string,"updated_at"?: string,"user_id": string
                  }
                  Update: {
                    "created_at"?: string,"id"?: string,"session_id"?: string,"status"?: string,"updated_at"?: string,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "workspace_items_session_id_fkey"
      columns: ["session_id"]
isOneToOne: false
      referencedRelation: "workspace_sessions"
      referencedColumns: ["id"]
    }
                  ]
                },"workspace_sessions": {
                  Row: {
                    "created_at": string,"id": string,"is_active": boolean,"session_name": string | null,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"id"?: string,"is_active"?: boolean,"session_name"?: string | null,"user_id": string
                  }
                  Update: {
                    "created_at"?: string,"id"?: string,"is_active"?: boolean,"session_name"?: string | null,"user_id"?: string
                  }
                  Relationships: [
                    
                  ]
                }
          }
          Views: {
            [_ in never]: never
          }
          Functions: {
            "active_worker":
{ Args: { "p_worker_type": string }; Returns: Json
                           },
"admit_reference":
{ Args: { "p_bytes": number,"p_path": string,"p_user_id": string }; Returns: Json
                           },
"begin_turn":
{ Args: { "p_content": string,"p_content_tier": string,"p_context": number,"p_conversation_id": string,"p_enhancer_model": string,"p_message_id": string,"p_project_id"?: string,"p_user_id": string }; Returns: Json
                           },
"cancel_job":
{ Args: { "p_job_id": string,"p_user_id": string }; Returns: Json
                           },
"check_admin":
{ Args: { "p_user_id": string }; Returns: Json
                           },
"claim_due_saves":
{ Args: { "p_job_id"?: string,"p_limit"?: number }; Returns: Json
                           },
"claim_health_checks":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"claim_job":
{ Args: { "p_claim_id": string,"p_handout": number,"p_job_id": string,"p_lease_seconds"?: number,"p_worker_id": string }; Returns: Json
                           },
"claim_wake_ups":
{ Args: { "p_queues": (string)[] }; Returns: Json
                           },
"clear_workspace_session":
{ Args: { "p_session_id": string,"p_user_id": string }; Returns: boolean
                           },
"complete_job":
{ Args: { "p_attempt": number,"p_job_id": string,"p_metadata"?: Json,"p_outputs"?: Json,"p_result"?: Json }; Returns: Json
                           },
"create_workspace_session":
{ Args: { "p_session_name": string,"p_user_id": string }; Returns: string
                           },
"delete_asset":
{ Args: { "p_asset_id": string,"p_source"?: string,"p_user_id": string }; Returns: Json
                           },
"enhance_job":
{ Args: { "p_attempt": number,"p_facts"?: Json,"p_job_id": string,"p_prompt": string,"p_strategy": string,"p_template_name": string,"p_time_ms": number,"p_warnings"?: Json }; Returns: Json
                           },
"fail_job":
{ Args: { "p_attempt": number,"p_code": string,"p_job_id": string,"p_message": string,"p_metadata"?: Json,"p_outputs"?: Json,"p_retryable": boolean }; Returns: Json
                           },
"find_reference":
{ Args: { "p_name": string,"p_user_id": string }; Returns: Json
                           },
"find_template":
{ Args: { "p_content_mode": string,"p_enhancer_model": string,"p_job_type": string,"p_target_model": string,"p_use_case": string }; Returns: Json
                           },
"finish_copy":
{ Args: { "p_job_id": string,"p_library_asset_id": string,"p_path": string,"p_thumbnail_path": string,"p_user_id": string }; Returns: Json
                           },
"finish_saves":
{ Args: { "p_clears"?: boolean,"p_details"?: Json,"p_saves": Json,"p_user_id": string }; Returns: Json
                           },
"finish_turn":
{ Args: { "p_content": string,"p_message_id": string,"p_metadata": Json }; Returns: Json
                           },
"get_asset":
{ Args: { "p_asset_id": string,"p_user_id": string }; Returns: Json
                           },
"get_job":
{ Args: { "p_job_id": string,"p_user_id": string }; Returns: Json
                           },
"grant_credits":
{ Args: { "p_credits": number,"p_reason": string,"p_user_id": string }; Returns: Json
                           },
"has_role":
{ Args: { "p_role": Database["public"]['Enums']["app_role"],"p_user_id": string }; Returns: boolean
                           },
"health":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"housekeeping":
{ Args: { "p_limit"?: number }; Returns: Json
                           },
"list_assets":
{ Args: { "p_asset_type"?: string,"p_before"?: string,"p_before_id"?: string,"p_collection_id"?: string,"p_is_favorite"?: boolean,"p_job_id"?: string,"p_limit"?: number,"p_source"?: string,"p_user_id": string }; Returns: Json
                           },
"list_jobs":
{ Args: { "p_before"?: string,"p_limit"?: number,"p_status"?: string,"p_user_id": string }; Returns: Json
                           },
"list_references":
{ Args: { "p_before"?: string,"p_limit"?: number,"p_user_id": string }; Returns: Json
                           },
"list_workers":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"negative_prompts":
{ Args: { "p_content_mode": string,"p_model_type": string }; Returns: Json
                           },
"plan_copy":
{ Args: { "p_library_asset_id": string,"p_user_id": string }; Returns: Json
                           },
"plan_enhancement":
{ Args: { "p_is_fresh"?: boolean,"p_question": Json,"p_user_id": string }; Returns: Json
                           },
"plan_saves":
{ Args: { "p_asset_ids"?: (string)[],"p_before"?: string,"p_before_id"?: string,"p_collection_id"?: string,"p_job_id"?: string,"p_limit"?: number,"p_user_id": string }; Returns: Json
                           },
"queue_status":
{ Args: { "p_types": Json,"p_user_id": string }; Returns: Json
                           },
"record_worker_health":
{ Args: { "p_health_error"?: string,"p_is_healthy": boolean,"p_response_ms"?: number,"p_url": string,"p_worker_id": string,"p_worker_type": string }; Returns: Json
                           },
"refresh_prompt_cache":
{ Args: { "p_admin_id": string,"p_metadata"?: Json }; Returns: Json
                           },
"register_worker":
{ Args: { "p_capabilities"?: Json,"p_is_automatic"?: boolean,"p_registration_method"?: string,"p_url": string,"p_worker_id": string,"p_worker_type": string }; Returns: Json
                           },
"remember_enhancement":
{ Args: { "p_model_used": string,"p_prompt": string,"p_question": string }; Returns: Json
                           },
"replay_job":
{ Args: { "p_admin_id": string,"p_job_id": string }; Returns: Json
                           },
"report_progress":
{ Args: { "p_attempt": number,"p_job_id": string,"p_lease_seconds"?: number,"p_outputs"?: Json,"p_progress": number,"p_stage": string,"p_text"?: string }; Returns: Json
                           },
"save_workspace_item_to_library":
{ Args: { "p_user_id": string,"p_workspace_item_id": string }; Returns: string
                           },
"submit_job":
{ Args: { "p_credits": number,"p_hold_seconds"?: number,"p_idempotency_key"?: string,"p_job": Json,"p_request_hash"?: string,"p_user_id": string }; Returns: Json
                           },
"sweep_jobs":
{ Args: { "p_hears_workers"?: boolean }; Returns: Json
                           },
"system_metrics":
{ Args: { "p_admin_id": string }; Returns: Json
                           },
"warn_job":
{ Args: { "p_attempt": number,"p_job_id": string,"p_warning": string }; Returns: Json
                           }
          }
          Enums: {
            "app_role": "admin"|"moderator"|"premium_user"|"basic_user"|"guest"
          }
          CompositeTypes: {
            [_ in never]: never
          }
        }
}

type DatabaseWithoutInternals = Omit<Database, '__InternalSupabase'>

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">]

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
  ? (DefaultSchema["Tables"] & DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
      Row: infer R
    }
    ? R
    : never
  : never

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
  ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Insert: infer I
    }
    ? I
    : never
  : never

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
  ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Update: infer U
    }
    ? U
    : never
  : never

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never = never
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
  ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
  : never

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never = never
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
  ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
  : never

export const Constants = {
  "public": {
          Enums: {
            "app_role": ["admin", "moderator", "premium_user", "basic_user", "guest"]
          }
        }
} as const
