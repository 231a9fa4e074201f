# What Django REST framework's own methods call, and in which order: the steps that project classes take part in.
# Nothing here is run, and what a call does to a store is not said here but in django.scm. A class method says what those
# who use a class do with it.


class serializers:
    class BaseSerializer:
        @classmethod
        def creating(cls, data, **more):
            serializer = cls(data=data)
            serializer.is_valid(raise_exception=True)
            serializer.save(**more)

        @classmethod
        def updating(cls, instance, data):
            serializer = cls(instance, data=data)
            serializer.is_valid(raise_exception=True)
            serializer.save()

        def is_valid(self, *, raise_exception=False):
            try:
                self.validated_data = self.run_validation(self.initial_data)
            except ValidationError:
                if raise_exception:
                    raise
                return False
            return True

        def run_validation(self, data):
            attrs = {**data}
            self._find_related(attrs)
            self.to_internal_value(attrs)
            self._keep_inputs(attrs)
            return self.validate(attrs)

        def validate(self, attrs):
            return attrs

    class Serializer(serializers.BaseSerializer):
        def save(self, **kwargs):
            validated_data = {**self.validated_data, **kwargs}
            if self.instance is not None:
                self.instance = self.update(self.instance, validated_data)
            else:
                self.instance = self.create(validated_data)
            return self.instance

    class ModelSerializer(serializers.BaseSerializer):
        pass

    class HyperlinkedModelSerializer(serializers.ModelSerializer):
        pass


class mixins:
    class CreateModelMixin:
        def create(self, request, *args, **kwargs):
            serializer = self.get_serializer(data=request.data)
            serializer.is_valid(raise_exception=True)
            self.perform_create(serializer)

        def perform_create(self, serializer):
            serializer.save()

    class UpdateModelMixin:
        def update(self, request, *args, **kwargs):
            instance = self.get_object()
            serializer = self.get_serializer(instance, data=request.data)
            serializer.is_valid(raise_exception=True)
            self.perform_update(serializer)

        def partial_update(self, request, *args, **kwargs):
            return self.update(request, *args, **kwargs)

        def _change(self, request, *args, **kwargs):
            return self.update(request, *args, **kwargs)

        def perform_update(self, serializer):
            serializer.save()

    class DestroyModelMixin:
        def destroy(self, request, *args, **kwargs):
            instance = self.get_object()
            self.perform_destroy(instance)

        def perform_destroy(self, instance):
            instance.delete()


    class RetrieveModelMixin:
        def retrieve(self, request, *args, **kwargs):
            self.get_object()


class views:
    class APIView:
        def dispatch(self, request, *args, **kwargs):
            self.initial(request, *args, **kwargs)
            if request.method == "POST":
                return self.post(request, *args, **kwargs)
            if request.method == "PUT":
                return self.put(request, *args, **kwargs)
            if request.method == "PATCH":
                return self.patch(request, *args, **kwargs)
            if request.method == "DELETE":
                return self.delete(request, *args, **kwargs)
            return self.get(request, *args, **kwargs)

        def initial(self, request, *args, **kwargs):
            self.check_permissions(request)

        def check_permissions(self, request):
            for permission in self.get_permissions():
                if not permission.has_permission(request, self):
                    raise PermissionDenied

        def get_permissions(self):
            return [permission() for permission in self.permission_classes]


class generics:
    class GenericAPIView(views.APIView):
        def get_serializer(self, *args, **kwargs):
            context = self.get_serializer_context()
            return self._make_serializer(*args, context=context, **kwargs)

        def get_serializer_context(self):
            return {"request": self.request, "view": self}

    class RetrieveAPIView(mixins.RetrieveModelMixin, generics.GenericAPIView):
        def get(self, request, *args, **kwargs):
            return self.retrieve(request, *args, **kwargs)

    class CreateAPIView(mixins.CreateModelMixin, generics.GenericAPIView):
        def post(self, request, *args, **kwargs):
            return self.create(request, *args, **kwargs)

    class UpdateAPIView(mixins.UpdateModelMixin, generics.GenericAPIView):
        def put(self, request, *args, **kwargs):
            return self.update(request, *args, **kwargs)

        def patch(self, request, *args, **kwargs):
            return self.partial_update(request, *args, **kwargs)

    class DestroyAPIView(mixins.DestroyModelMixin, generics.GenericAPIView):
        def delete(self, request, *args, **kwargs):
            return self.destroy(request, *args, **kwargs)

    class ListCreateAPIView(generics.CreateAPIView):
        pass

    class RetrieveUpdateAPIView(generics.RetrieveAPIView, generics.UpdateAPIView):
        pass

    class RetrieveDestroyAPIView(generics.RetrieveAPIView, generics.DestroyAPIView):
        pass

    class RetrieveUpdateDestroyAPIView(generics.RetrieveAPIView, generics.UpdateAPIView, generics.DestroyAPIView):
        pass


class viewsets:
    class GenericViewSet(generics.GenericAPIView):
        def dispatch(self, request, *args, **kwargs):
            self.initial(request, *args, **kwargs)
            if request.method == "POST":
                return self.create(request, *args, **kwargs)
            if request.method == "DELETE":
                return self.destroy(request, *args, **kwargs)
            if request.method == "GET":
                return self.retrieve(request, *args, **kwargs)
            return self._change(request, *args, **kwargs)

    class ReadOnlyModelViewSet(mixins.RetrieveModelMixin, viewsets.GenericViewSet):
        pass

    class ModelViewSet(
        mixins.CreateModelMixin,
        mixins.RetrieveModelMixin,
        mixins.UpdateModelMixin,
        mixins.DestroyModelMixin,
        viewsets.GenericViewSet,
    ):
        pass
