# What Django's own forms and views call, and in which order; see rest_framework.py.


class forms:
    class forms:
        class BaseForm:
            @classmethod
            def handling(cls, data):
                form = cls(data)
                if form.is_valid():
                    form.save()

            def is_valid(self):
                try:
                    self.full_clean()
                except ValidationError:
                    return False
                return True

            def full_clean(self):
                self.cleaned_data = {**self.data}
                self._find_related(self.cleaned_data)
                self._clean_fields(into=self.cleaned_data)
                self._keep_inputs(self.cleaned_data)
                self.clean()

            def clean(self):
                return self.cleaned_data

            def add_error(self, field, error):
                raise ValidationError(error)

    class BaseForm(forms.forms.BaseForm):
        pass

    class Form(forms.forms.BaseForm):
        pass

    class models:
        class BaseModelForm(forms.forms.BaseForm):
            @classmethod
            def changing(cls, instance, data):
                form = cls(data, instance=instance)
                if form.is_valid():
                    form.save()

        class ModelForm(forms.models.BaseModelForm):
            pass

    class ModelForm(forms.models.BaseModelForm):
        pass


class contrib:
    class auth:
        class mixins:
            class UserPassesTestMixin(views.generic.base.View):
                def dispatch(self, request, *args, **kwargs):
                    if not self.test_func():
                        raise PermissionDenied
                    return super().dispatch(request, *args, **kwargs)


class views:
    class generic:
        class base:
            class View:
                def _answer(self, request, *args, **kwargs):
                    self.setup(request, *args, **kwargs)
                    return self.dispatch(request, *args, **kwargs)

                def dispatch(self, request, *args, **kwargs):
                    if request.method == "POST":
                        return self.post(request, *args, **kwargs)
                    if request.method == "PUT":
                        return self.put(request, *args, **kwargs)
                    if request.method == "PATCH":
                        return self.patch(request, *args, **kwargs)
                    if request.method == "DELETE":
                        return self.delete(request, *args, **kwargs)
                    return self.get(request, *args, **kwargs)

            class TemplateView(views.generic.base.View):
                pass

        class detail:
            class DetailView(views.generic.base.View):
                pass

        class list:
            class ListView(views.generic.base.View):
                pass

        class edit:
            class ProcessFormView(views.generic.base.View):
                def post(self, request, *args, **kwargs):
                    form = self.get_form()
                    if form.is_valid():
                        return self.form_valid(form)
                    return self.form_invalid(form)

            class BaseFormView(views.generic.edit.ProcessFormView):
                def get_form(self, form_class=None):
                    return self._make_form(**self.get_form_kwargs())

                def get_form_kwargs(self):
                    return {"data": self.request.POST}

            class FormView(views.generic.edit.BaseFormView):
                pass

            class ModelFormMixin:
                def get_form(self, form_class=None):
                    return self._make_form(**self.get_form_kwargs())

                def get_form_kwargs(self):
                    return {"data": self.request.POST, "instance": self.object}

                def form_valid(self, form):
                    self.object = form.save()

            class BaseCreateView(views.generic.edit.ModelFormMixin, views.generic.edit.ProcessFormView):
                def post(self, request, *args, **kwargs):
                    self.object = None
                    return super().post(request, *args, **kwargs)

            class CreateView(views.generic.edit.BaseCreateView):
                pass

            class BaseUpdateView(views.generic.edit.ModelFormMixin, views.generic.edit.ProcessFormView):
                def post(self, request, *args, **kwargs):
                    self.object = self.get_object()
                    return super().post(request, *args, **kwargs)

                def get(self, request, *args, **kwargs):
                    self.object = self.get_object()

            class UpdateView(views.generic.edit.BaseUpdateView):
                pass

            class DeleteView(views.generic.base.View):
                pass

        class FormView(views.generic.edit.FormView):
            pass

        class CreateView(views.generic.edit.CreateView):
            pass

        class UpdateView(views.generic.edit.UpdateView):
            pass

        class DeleteView(views.generic.edit.DeleteView):
            pass

        class DetailView(views.generic.detail.DetailView):
            pass

        class ListView(views.generic.list.ListView):
            pass

        class TemplateView(views.generic.base.TemplateView):
            pass

        class View(views.generic.base.View):
            pass

    class View(views.generic.base.View):
        pass


class db:
    class models:
        class Model:
            def full_clean(self, exclude=None, validate_unique=True, validate_constraints=True):
                self.clean_fields(exclude=exclude)
                self.clean()
                if validate_unique:
                    self.validate_unique(exclude=exclude)
                if validate_constraints:
                    self.validate_constraints(exclude=exclude)

            def clean_fields(self, exclude=None):
                pass

            def clean(self):
                pass

            def validate_unique(self, exclude=None):
                pass

            def validate_constraints(self, exclude=None):
                pass
