;;; pack: django
;;; language: python
;;; store: relational
;;; project-anchors: "advisory_lock" | "GET_LOCK" | ("redis" & "lock(") | "cache.lock(" | "cache.add(" | ".objects." | "_default_manager" | "select_for_update" | "get_object_or_404" | "get_queryset" | ".save(" | ".asave(" | "bulk_update("
;;; anchors: ("django" | "rest_framework") & (".objects" | "models.Model" | "atomic" | ".save(" | "_manager" | "queryset" | "QuerySet" | "select_for_update" | "get_object" | "ATOMIC_REQUESTS" | "import models" | "rest_framework")
;;; anchors: "ATOMIC_REQUESTS" | "isolation_level" | "AUTH_USER_MODEL ="
;;; kind query: evaluates type django.db.models.QuerySet type django.db.models.query.QuerySet
;;; kind manager: evaluates type django.db.models.Manager type django.db.models.manager.Manager type django.db.models.manager.BaseManager
;;; kind django.request: request type django.http.HttpRequest type django.http.request.HttpRequest type rest_framework.request.Request named request
;;; kind view: request
;;; kind view.create: request
;;; kind serializer: request extends serializer.plain
;;; kind serializer.plain: request
;;; kind form: request
;;; kind form.plain: request
;;; kind view.form: request
;;; kind row:
;;; kind related:
;;; kind django.mail: type django.core.mail.EmailMessage type django.core.mail.EmailMultiAlternatives type django.core.mail.message.EmailMessage type django.core.mail.message.EmailMultiAlternatives
;;; kind django.mailer:
;;; kind django.apps: type django.apps.registry.Apps
;;; kind admin: request
;;; kind task: type celery.Task type celery.app.task.Task
;;; exception IntegrityError: DatabaseError
;;; exception DatabaseError: Error
;;; exception DoesNotExist: ObjectDoesNotExist
;;; exception OperationalError: DatabaseError
;;; exception LockNotAvailable: OperationalError

; What declares models, fields and constraints
;;; list model-bases: django.db.models.Model django.db.models.base.Model django.contrib.auth.models.AbstractUser django.contrib.auth.models.AbstractBaseUser django.contrib.gis.db.models.Model organizations.abstract.AbstractOrganization organizations.abstract.AbstractOrganizationUser organizations.abstract.AbstractOrganizationOwner organizations.abstract.AbstractOrganizationInvitation
;;; list model-base-suffixes: Model
;;; list other-model-bases: pydantic.BaseModel pydantic.main.BaseModel pydantic.v1.BaseModel pydantic.RootModel
;;; list fields: ForeignKey=foreign-key OneToOneField=one-to-one ManyToManyField=many-to-many AutoField=auto PositiveIntegerField=positive PositiveSmallIntegerField=positive PositiveBigIntegerField=positive JSONField=json FileField=file ImageField=file IntegerVersionField=version AutoIncVersionField=version TriggerVersionField=version ConditionalVersionField=version CharField=text SlugField=text EmailField=text URLField=text Field=plain
; Fields that stand for columns of other names; what is unique in models outside of the project.
;;; list composite-fields: GenericForeignKey=ct_field:content_type+fk_field:object_id
;;; list unique-columns: django.contrib.auth.models.AbstractUser=username django.contrib.auth.models.User=username django.contrib.auth.models.Group=name django.contrib.auth.models.Permission=content_type+codename django.contrib.contenttypes.models.ContentType=app_label+model django.contrib.sites.models.Site=domain django.contrib.sessions.models.Session=session_key django.contrib.redirects.models.Redirect=site+old_path rest_framework.authtoken.models.Token=key rest_framework.authtoken.models.Token=user allauth.socialaccount.models.SocialAccount=provider+uid django_celery_beat.models.PeriodicTask=name
;;; list file-attributes: storage field instance
;;; list field-target: to
;;; list field-target-self: self
;;; list field-unique: unique
;;; list field-primary-key: primary_key
;;; list field-null: null
;;; list field-length: max_length
;;; list field-stamped: auto_now
;;; list field-default: default
;;; list field-related-name: related_name
;;; list field-through: through
;;; list related-suffix: _set
;;; list field-unique-for: unique_for_date unique_for_month unique_for_year
;;; list implicit-primary: id
;;; list options-class: Meta
;;; list option-unique-together: unique_together
;;; list option-constraints: constraints
;;; list option-abstract: abstract
;;; list option-proxy: proxy
;;; list option-table: db_table
;;; list option-default-manager: default_manager_name
;;; list option-default-related-name: default_related_name
;;; list unique-constraints: UniqueConstraint
;;; list check-constraints: CheckConstraint
;;; list constraint-fields: fields
;;; list constraint-condition: condition check
;;; list predicates: Q
;;; list references: F
;;; list lookup-separator: __
;;; list manager-bases: django.db.models.Manager django.db.models.manager.Manager django.db.models.manager.BaseManager
;;; list as-manager: as_manager
;;; list from-queryset: from_queryset
;;; list implicit-manager: objects django.db.models.Manager
;;; list manager-rows: get_queryset
;;; list default-manager-names: _default_manager _base_manager
;;; list property-decorators: property cached_property django.utils.functional.cached_property
;;; list row-adding: _state.adding
;;; list single-run-bases: django.core.management.base.BaseCommand django.core.management.BaseCommand django.core.management.base.AppCommand django.core.management.AppCommand django.core.management.base.LabelCommand django.core.management.LabelCommand
;;; list declared-arguments-only: handle
;;; list argument-declarations: add_arguments
;;; list argument-bases: django.core.management.base.BaseCommand django.core.management.BaseCommand
;;; list framework-parameters: instance
;;; list single-run-calls: django.db.models.signals.post_migrate.connect django.db.models.signals.pre_migrate.connect
;;; list row-hooks: save asave save_base delete adelete clean clean_fields full_clean validate_unique validate_constraints get_constraints unique_error_message date_error_message natural_key get_absolute_url refresh_from_db arefresh_from_db from_db check prepare_database_save serializable_value get_deferred_fields get_username get_full_name get_short_name has_perm ahas_perm has_perms ahas_perms has_module_perms ahas_module_perms get_all_permissions get_user_permissions get_group_permissions email_user set_password check_password acheck_password set_unusable_password has_usable_password get_session_auth_hash get_session_auth_fallback_hash get_email_field_name normalize_username is_active is_staff is_superuser is_anonymous is_authenticated add_user remove_user get_or_add_user change_owner is_member is_owner is_admin
;;; list removed-names: django.core.management.base.BaseCommand.option_list django.core.management.BaseCommand.option_list
;;; list discovered-bases: django.apps.AppConfig django.apps.config.AppConfig
;;; list script-marks: django.setup DJANGO_SETTINGS_MODULE
;;; list historical-models: get_model
;;; list model-registries: django.apps.apps.get_model django.apps.apps.get_registered_model django.db.models.get_model django.db.models.loading.get_model
;;; list choices-bases: django.db.models.TextChoices django.db.models.IntegerChoices django.db.models.Choices
;;; list write-calls: update aupdate create acreate get_or_create update_or_create
;;; list write-dicts: defaults
;;; list setting-databases: DATABASES
;;; list setting-atomic-requests: ATOMIC_REQUESTS
;;; list setting-database-options: OPTIONS
;;; list setting-isolation: isolation_level
;;; list normal-forms: django.utils.text.slugify slugify normalize_email
;;; list kept-parameters: request
; A view keeps the name of the handler that a router's map runs: one of these, or what a decorator makes one.
;;; list named-handler-bases: rest_framework.viewsets.ViewSetMixin rest_framework.viewsets.ViewSet rest_framework.viewsets.GenericViewSet rest_framework.viewsets.ReadOnlyModelViewSet rest_framework.viewsets.ModelViewSet
;;; list handler-name-kept: action
;;; list handler-names: list create retrieve update=update|partial_update partial_update destroy _change=update|partial_update
;;; list handler-decorators: rest_framework.decorators.action rest_framework.decorators.detail_route rest_framework.decorators.list_route
; What such a decorator is given by other names than these, the view has while that handler runs.
;;; list handler-arguments: methods url_path url_name
;;; list setting-models: user=AUTH_USER_MODEL
;;; list general-models: user=django.contrib.auth.models.User user=django.contrib.auth.get_user_model user=django.conf.settings.AUTH_USER_MODEL user=auth.User
;;; list clocks: django.utils.timezone.now django.utils.timezone.localtime django.utils.timezone.localdate
;;; list writing-steps: form_valid perform_create perform_update perform_destroy partial_update
;;; list quiet: success add_message

; Handles
((class_definition superclasses: (argument_list (_) @base)) @decl (#set! path "django.db.models.Manager|django.db.models.manager.Manager|django.db.models.manager.BaseManager") (#set! declares "manager"))
((class_definition superclasses: (argument_list (_) @base)) @decl (#set! path "django.db.models.QuerySet|django.db.models.query.QuerySet") (#set! declares "query"))
((call function: (_) @f) @call (#set! path "django.contrib.auth.get_user_model") (#set! does "make") (#set! container "model:user") (#set! returns "kind:modelclass"))
((call function: (_) @f) @call (#set! path "django.apps.apps.get_model") (#set! does "make") (#set! container "kw:model_name|pos:1|pos:0") (#set! returns "kind:modelclass"))
((attribute object: (_) @recv attribute: (identifier) @m) @attr (#any-of? @m "objects" "_default_manager" "_base_manager")
  (#set! recv "modelclass|external-class") (#set! does "make") (#set! container "recv") (#set! returns "kind:manager"))
; What a row says of its model
((attribute object: (_) @recv attribute: (identifier) @m) @attr (#eq? @m "_meta")
  (#set! recv "row") (#set! does "make") (#set! returns "kind:django.options"))
((attribute object: (_) @recv attribute: (identifier) @m) @attr (#any-of? @m "model" "concrete_model")
  (#set! recv "django.options") (#set! does "same") (#set! returns "class"))
((attribute object: (_) @recv attribute: (identifier) @m) @attr (#any-of? @m "default_manager" "base_manager")
  (#set! recv "django.options") (#set! does "make") (#set! returns "kind:manager"))
((attribute object: (_) @recv attribute: (identifier) @m) @attr (#any-of? @m "user")
  (#set! recv "django.request") (#set! does "read") (#set! container "model:user") (#set! returns "row"))
; What a serializer is told of the request that it serves
((attribute object: (_) @recv attribute: (identifier) @m) @attr (#eq? @m "context")
  (#set! recv "serializer|serializer.plain") (#set! does "same") (#set! returns "record(request=kind:django.request)"))

; Queries
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "filter")
  (#set! recv "manager|query") (#set! does "query") (#set! adds-filter "kw:*") (#set! returns "kind:query"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "exclude")
  (#set! recv "manager|query") (#set! does "query") (#set! adds-filter "kw:*") (#set! negates "yes") (#set! returns "kind:query"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "all" "order_by" "only" "defer" "distinct" "reverse" "get_queryset" "iterator" "aiterator" "values" "union" "none" "extra" "dates")
  (#set! recv "manager|query") (#set! does "query") (#set! returns "kind:query"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "select_related")
  (#set! recv "manager|query") (#set! does "query") (#set! joins "pos:*") (#set! returns "kind:query"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "prefetch_related")
  (#set! recv "manager|query") (#set! does "query") (#set! loads "pos:*") (#set! returns "kind:query"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "annotate" "alias")
  (#set! recv "manager|query") (#set! does "query") (#set! counts "kw:*") (#set! returns "kind:query"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "values_list")
  (#set! recv "manager|query") (#set! does "query") (#set! projects "pos:*") (#set! flat "kw:flat") (#set! returns "kind:query"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "using")
  (#set! recv "manager|query") (#set! does "query") (#set! conn "pos:0") (#set! returns "kind:query"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "db_manager")
  (#set! recv "manager|query") (#set! does "query") (#set! conn "pos:0") (#set! returns "kind:manager"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "select_for_update")
  (#set! recv "manager|query") (#set! does "query") (#set! lock "row") (#set! lock-only "kw:of") (#set! returns "kind:query"))

; Reads
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "get" "aget")
  (#set! recv "manager|query") (#set! does "read") (#set! adds-filter "kw:*") (#set! returns "row") (#set! raises "absent=DoesNotExist"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "first" "afirst" "last" "alast")
  (#set! recv "manager|query") (#set! does "read") (#set! returns "row?") (#set! picks "yes"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "earliest" "latest" "aearliest" "alatest")
  (#set! recv "manager|query") (#set! does "read") (#set! returns "row") (#set! picks "yes") (#set! raises "absent=DoesNotExist"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "in_bulk" "ain_bulk")
  (#set! recv "manager|query") (#set! does "read") (#set! returns "map"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "exists" "aexists" "contains")
  (#set! recv "manager|query") (#set! does "read") (#set! returns "exists"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "count" "acount")
  (#set! recv "manager|query") (#set! does "read") (#set! returns "count"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "aggregate" "aaggregate")
  (#set! recv "manager|query") (#set! does "read") (#set! returns "aggregate"))
((call function: (_) @f) @call (#set! path "django.shortcuts.get_object_or_404|rest_framework.generics.get_object_or_404|django.shortcuts.aget_object_or_404") (#set! does "read") (#set! container "pos:0") (#set! adds-filter "kw:*") (#set! returns "row") (#set! raises "absent=Http404"))
((call function: (_) @f) @call (#set! path "django.shortcuts.get_list_or_404") (#set! does "read") (#set! container "pos:0") (#set! adds-filter "kw:*") (#set! returns "rows") (#set! raises "absent=Http404"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "refresh_from_db" "arefresh_from_db")
  (#set! recv "row") (#set! does "reload") (#set! narrow "kw:fields|pos:1") (#set! container "kw:from_queryset"))

; Writes
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "save" "asave" "save_base")
  (#set! recv "row") (#set! does "write") (#set! mode "whole") (#set! narrow "kw:update_fields") (#set! versions "row") (#set! conn "kw:using") (#set! create-when "recv:fresh") (#set! raises "duplicate=IntegrityError"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "delete" "adelete")
  (#set! recv "row") (#set! does "delete"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "update" "aupdate")
  (#set! recv "manager|query") (#set! does "write") (#set! mode "partial") (#set! sets "kw:*") (#set! condition "filters") (#set! returns "affected") (#set! raises "duplicate=IntegrityError"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "delete" "adelete")
  (#set! recv "manager|query") (#set! does "delete") (#set! returns "tuple(affected, nothing)"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "create" "acreate")
  (#set! recv "manager|query") (#set! does "create") (#set! sets "kw:*") (#set! returns "row") (#set! raises "duplicate=IntegrityError"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "add" "aadd")
  (#set! recv "manager") (#set! does "link") (#set! item "pos:*"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "get_or_create" "aget_or_create")
  (#set! recv "manager|query") (#set! does "upsert") (#set! adds-filter "kw:* -defaults") (#set! defaults "kw:defaults") (#set! returns "tuple(row, created)") (#set! raises "duplicate=IntegrityError"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "update_or_create" "aupdate_or_create")
  (#set! recv "manager|query") (#set! does "upsert") (#set! mode "partial") (#set! adds-filter "kw:* -defaults -create_defaults") (#set! sets "kw:defaults") (#set! defaults "kw:create_defaults") (#set! returns "tuple(row, created)") (#set! raises "duplicate=IntegrityError"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "bulk_create" "abulk_create")
  (#set! recv "manager|query") (#set! does "create") (#set! item "pos:0|kw:objs") (#set! absorbs "kw:ignore_conflicts|kw:update_conflicts") (#set! returns "arg:pos:0|kw:objs") (#set! raises "duplicate=IntegrityError"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "bulk_update" "abulk_update")
  (#set! recv "manager|query") (#set! does "write") (#set! mode "dirty") (#set! item "pos:0|kw:objs") (#set! narrow "pos:1|kw:fields") (#set! returns "affected"))

; Generic views, forms and serializers: each has its row, its query and what writes for it
((class_definition superclasses: (argument_list (_) @base)) @decl (#set! path "django.views.generic.detail.SingleObjectMixin|django.views.generic.SingleObjectMixin|django.views.generic.detail.DetailView|django.views.generic.DetailView|django.views.generic.edit.UpdateView|django.views.generic.UpdateView|django.views.generic.edit.DeleteView|django.views.generic.DeleteView|django.views.generic.detail.BaseDetailView|django.views.generic.edit.BaseUpdateView|django.views.generic.edit.ModelFormMixin|rest_framework.generics.GenericAPIView|rest_framework.generics.CreateAPIView|rest_framework.generics.ListAPIView|rest_framework.generics.RetrieveAPIView|rest_framework.generics.DestroyAPIView|rest_framework.generics.UpdateAPIView|rest_framework.generics.ListCreateAPIView|rest_framework.generics.RetrieveUpdateAPIView|rest_framework.generics.RetrieveDestroyAPIView|rest_framework.generics.RetrieveUpdateDestroyAPIView|rest_framework.viewsets.GenericViewSet|rest_framework.viewsets.ReadOnlyModelViewSet|rest_framework.viewsets.ModelViewSet") (#set! declares "view"))
((class_definition superclasses: (argument_list (_) @base)) @decl (#set! path "django.views.generic.edit.CreateView|django.views.generic.CreateView|django.views.generic.edit.BaseCreateView") (#set! declares "view.create"))
((class_definition superclasses: (argument_list (_) @base)) @decl (#set! path "rest_framework.serializers.ModelSerializer|rest_framework.serializers.HyperlinkedModelSerializer") (#set! declares "serializer") (#set! put "instance=pos:0|kw:instance|nothing initial_data=pos:1|kw:data many=kw:many context=kw:context"))
((class_definition superclasses: (argument_list (_) @base)) @decl (#set! path "rest_framework.serializers.Serializer|rest_framework.serializers.BaseSerializer") (#set! declares "serializer.plain") (#set! put "instance=pos:0|kw:instance|nothing initial_data=pos:1|kw:data many=kw:many context=kw:context"))
((class_definition superclasses: (argument_list (_) @base)) @decl (#set! path "django.forms.ModelForm|django.forms.models.ModelForm|django.forms.models.BaseModelForm") (#set! declares "form") (#set! put "instance=kw:instance data=pos:0|kw:data"))
((class_definition superclasses: (argument_list (_) @base)) @decl (#set! path "django.forms.Form|django.forms.BaseForm|django.forms.forms.Form|django.forms.forms.BaseForm") (#set! declares "form.plain") (#set! put "data=pos:0|kw:data"))
((class_definition superclasses: (argument_list (_) @base)) @decl (#set! path "django.views.generic.FormView|django.views.generic.edit.FormView|django.views.generic.edit.BaseFormView|django.views.generic.edit.ProcessFormView") (#set! declares "view.form"))
((class_definition superclasses: (argument_list (_) @base)) @decl (#set! path "django.contrib.admin.ModelAdmin|django.contrib.admin.options.ModelAdmin|django.contrib.auth.admin.UserAdmin") (#set! declares "admin"))
; Fields that look a row up; the relations of a model are such fields without being declared.
((call function: (_) @f) @call (#set! path "rest_framework.serializers.PrimaryKeyRelatedField|rest_framework.relations.PrimaryKeyRelatedField|rest_framework.serializers.HyperlinkedRelatedField|rest_framework.relations.HyperlinkedRelatedField|rest_framework.serializers.SlugRelatedField|rest_framework.relations.SlugRelatedField")
  (#set! does "make") (#set! container "kw:queryset|nothing") (#set! returns "kind:related") (#set! put "by=kw:slug_field many=kw:many optional=kw:allow_null"))
((call function: (_) @f) @call (#set! path "django.forms.ModelChoiceField|django.forms.models.ModelChoiceField")
  (#set! does "make") (#set! container "kw:queryset|pos:0") (#set! returns "kind:related") (#set! put "by=kw:to_field_name"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "_find_related")
  (#set! recv "serializer|serializer.plain|form|form.plain") (#set! does "relate") (#set! into "pos:0") (#set! container "own:Meta.model") (#set! narrow "own:Meta.fields"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "_keep_inputs")
  (#set! recv "serializer|serializer.plain|form|form.plain") (#set! does "limit") (#set! into "pos:0") (#set! item "prop:instance") (#set! container "own:Meta.model") (#set! narrow "own:Meta.fields") (#set! leaves-out "own:Meta.read_only_fields"))
; What django.py calls of its own.
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "_clean_fields")
  (#set! recv "form|form.plain") (#set! does "invoke") (#set! invokes "own:clean_*") (#set! into "kw:into"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "_make_form")
  (#set! recv "view|view.create|view.form") (#set! does "invoke") (#set! invokes "own:get_form_class()|own:form_class") (#set! container "own:model|recv") (#set! returns "kind:form") (#set! put "instance=kw:instance data=kw:data"))
;;; list announced-rows: receiver=sender:instance
; Fields that are only given out, by what makes them or by an argument; arguments by which the name of what is taken in
; is another, and by which it may be missing.
;;; list input-left-out: SerializerMethodField read_only
;;; list input-renamed: source
;;; list input-optional: required
;;; list parameters: serializer/*.instance=row:Meta.model form/*.instance=row:Meta.model view/perform_create.serializer=serializer:serializer_class:fresh view/perform_update.serializer=serializer:serializer_class view/form_valid.form=form:form_class view.create/form_valid.form=form:form_class:fresh admin/*.queryset=query:@register
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "get_queryset" "filter_queryset")
  (#set! recv "view|view.create") (#set! does "make") (#set! container "own:queryset|own:model|own:get_serializer_class().Meta.model|own:serializer_class.Meta.model|own:form_class.Meta.model") (#set! returns "kind:query"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "get_object")
  (#set! recv "view|view.create") (#set! does "read") (#set! container "own:get_queryset()|own:queryset|own:model|own:get_serializer_class().Meta.model|own:serializer_class.Meta.model|own:form_class.Meta.model") (#set! key "attr:kwargs") (#set! returns "row") (#set! raises "absent=Http404"))
; What the framework's own handler does with the row: it writes it.
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "update" "partial_update")
  (#set! recv "view") (#set! does "write") (#set! mode "partial") (#set! container "own:get_queryset()|own:queryset|own:model|own:get_serializer_class().Meta.model|own:serializer_class.Meta.model") (#set! key "attr:kwargs"))
((attribute object: (_) @recv attribute: (identifier) @m) @attr (#any-of? @m "object")
  (#set! recv "view") (#set! does "read") (#set! container "own:get_queryset()|own:queryset|own:model|own:form_class.Meta.model") (#set! key "attr:kwargs") (#set! returns "row"))
((attribute object: (_) @recv attribute: (identifier) @m) @attr (#any-of? @m "instance")
  (#set! recv "serializer|form") (#set! does "read") (#set! container "own:Meta.model|recv") (#set! create-when "recv:fresh") (#set! returns "row"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "get_serializer" "_make_serializer")
  (#set! recv "view") (#set! does "invoke") (#set! invokes "own:get_serializer_class()|own:serializer_class") (#set! returns "kind:serializer") (#set! put "instance=pos:0|kw:instance|nothing initial_data=pos:1|kw:data context=kw:context"))
; The steps of a serializer's own methods are told in rest_framework.py.
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "to_internal_value")
  (#set! recv "serializer|serializer.plain") (#set! does "invoke") (#set! invokes "own:validate_*") (#set! returns "arg:pos:0"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "save")
  (#set! recv "form") (#set! when "kw:commit=False") (#set! does "same") (#set! defaults "attr:cleaned_data") (#set! narrow "own:Meta.fields") (#set! returns "arg:attr:instance"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "save")
  (#set! recv "form") (#set! does "write") (#set! mode "partial") (#set! container "own:Meta.model|recv") (#set! item "attr:instance") (#set! defaults "attr:cleaned_data") (#set! create-when "recv:fresh") (#set! returns "row") (#set! raises "duplicate=IntegrityError"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "save")
  (#set! recv "serializer") (#set! does "write") (#set! mode "partial") (#set! container "own:Meta.model|recv") (#set! item "attr:instance") (#set! sets "kw:*") (#set! defaults "attr:validated_data") (#set! create-when "recv:fresh") (#set! invokes "own:create own:update") (#set! returns "row") (#set! raises "duplicate=IntegrityError"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "create")
  (#set! recv "serializer") (#set! does "create") (#set! container "own:Meta.model|recv") (#set! sets "pos:0") (#set! returns "row") (#set! raises "duplicate=IntegrityError"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "update")
  (#set! recv "serializer") (#set! does "write") (#set! mode "partial") (#set! container "own:Meta.model|recv") (#set! item "pos:0") (#set! defaults "pos:1") (#set! returns "arg:pos:0") (#set! raises "duplicate=IntegrityError"))

; Values and tests that the database computes
((call function: (_) @f) @call (#set! path "django.db.models.F|django.db.models.expressions.F") (#set! does "term") (#set! term "stored(pos:0)"))
((call function: (_) @f) @call (#set! path "django.db.models.Q|django.db.models.query_utils.Q") (#set! does "test") (#set! adds-filter "kw:*"))
((call function: (_) @f) @call (#set! path "django.db.models.functions.Greatest") (#set! does "term") (#set! term "bound(pos:0, pos:1)"))
((call function: (_) @f) @call (#set! path "django.db.models.functions.Least") (#set! does "term") (#set! term "fn(pos:0, pos:1)"))
((call function: (_) @f) @call (#set! path "django.db.models.functions.Coalesce|django.db.models.functions.Concat|django.db.models.functions.Cast|django.db.models.ExpressionWrapper") (#set! does "term") (#set! term "fn(pos:0, pos:1)"))
((call function: (_) @f) @call (#set! path "django.db.models.Case|django.db.models.expressions.Case") (#set! does "term") (#set! term "bound(pos:0, pos:1)"))
((call function: (_) @f) @call (#set! path "django.db.models.When|django.db.models.expressions.When") (#set! does "term") (#set! term "fn(kw:then)"))
((call function: (_) @f) @call (#set! path "django.db.models.expressions.RawSQL") (#set! does "term") (#set! term "raw(pos:0)"))
((call function: (_) @f) @call (#set! path "django.db.models.Subquery|django.db.models.functions.Now") (#set! does "term") (#set! term "fn()"))
; Of related rows
((call function: (_) @f) @call (#set! path "django.db.models.Count|django.db.models.aggregates.Count") (#set! does "term") (#set! term "count(pos:0)"))
((call function: (_) @f) @call (#set! path "django.db.models.Sum|django.db.models.Max|django.db.models.Min|django.db.models.Avg|django.db.models.aggregates.Sum|django.db.models.aggregates.Max|django.db.models.aggregates.Min|django.db.models.aggregates.Avg") (#set! does "term") (#set! term "total(pos:0)"))
((call function: (_) @f) @call (#set! path "django.db.models.Exists|django.db.models.expressions.Exists") (#set! does "term") (#set! term "exists(pos:0)"))
((call function: (_) @f) @call (#set! path "django.db.models.OuterRef|django.db.models.expressions.OuterRef") (#set! does "term") (#set! term "outer(pos:0)"))

; Guards
((call function: (_) @f) @call (#set! path "django.db.transaction.atomic|django.db.transaction.Atomic") (#set! does "region") (#set! token "txn") (#set! conn "kw:using|pos:0"))
((call function: (_) @f) @call (#set! path "django_pglocks.advisory_lock|ansible_base.lib.utils.db.advisory_lock|django_advisory_lock.advisory_lock") (#set! does "region") (#set! token "advisory") (#set! token-key "pos:0|kw:lock_id") (#set! tries "kw:wait=False") (#set! returns "held"))
((call function: (_) @f) @call (#set! path "django.db.transaction.on_commit") (#set! does "invoke") (#set! after "txn") (#set! invokes "pos:0|kw:func"))

; Decorators of functions (a list of them too), put around methods.
((call function: (_) @f) @call (#set! path "django.utils.decorators.method_decorator") (#set! does "same") (#set! around "kw:name") (#set! returns "arg:pos:0|kw:decorator"))

; Effects
((call function: (_) @f) @call (#set! path "django.core.mail.send_mail|django.core.mail.mail_admins|django.core.mail.mail_managers|django.core.mail.send_mass_mail") (#set! does "effect"))
((call function: (_) @f) @call (#set! path "django.core.mail.EmailMessage|django.core.mail.EmailMultiAlternatives|django.core.mail.message.EmailMessage|django.core.mail.message.EmailMultiAlternatives")
  (#set! does "make") (#set! returns "kind:django.mail"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "send")
  (#set! recv "django.mail") (#set! does "effect"))
((call function: (_) @f) @call (#set! path "django.core.mail.get_connection") (#set! does "make") (#set! returns "kind:django.mailer"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "send_messages")
  (#set! recv "django.mailer") (#set! does "effect"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "email_user")
  (#set! recv "row") (#set! does "effect"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "delay" "apply_async" "delay_on_commit")
  (#set! recv "task") (#set! does "enqueue"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "execute")
  (#set! recv "django.cursor") (#set! signature "pos:0") (#set! does "sql") (#set! statement "pos:0") (#set! token-key "pos:1") (#set! returns "recv"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "fetchone" "fetchall" "fetchval")
  (#set! recv "django.cursor") (#set! signature "!pos:0") (#set! does "same") (#set! returns "answer"))
((attribute object: (_) @recv attribute: (identifier) @m) @attr (#eq? @m "vendor")
  (#set! path "django.db.connection.vendor|django.db.connections[].vendor") (#set! does "same") (#set! returns "database"))
((call function: (_) @f) @call (#set! path "django.db.connection.cursor|django.db.connections[].cursor") (#set! does "make") (#set! returns "kind:django.cursor"))
((attribute object: (_) @recv attribute: (identifier) @m) @attr (#eq? @m "model")
  (#set! recv "manager|query") (#set! does "same") (#set! returns "class"))
; `apps` handed to a function: two names make a model.
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "get_model")
  (#set! recv "django.apps") (#set! signature "pos:1") (#set! does "make") (#set! container "pos:1") (#set! returns "kind:modelclass"))
