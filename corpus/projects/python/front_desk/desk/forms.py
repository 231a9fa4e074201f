"""What the desk's pages send, and how it is checked."""

from django import forms
from django.db.models import F

from .models import Account, Key, Parcel, Room, Trolley


class RoomForm(forms.ModelForm):
    class Meta:
        model = Room
        fields = ["name"]

    def clean_name(self):
        name = self.cleaned_data["name"]
        if Room.objects.filter(name=name).exists():
            raise forms.ValidationError("There is a room of that name.")
        return name


class KeyForm(forms.ModelForm):
    """Labels are unique in the database."""

    class Meta:
        model = Key
        fields = ["label"]

    def clean_label(self):
        label = self.cleaned_data["label"]
        if Key.objects.filter(label=label).exists():
            raise forms.ValidationError("There is a key of that label.")
        return label


class ParcelForm(forms.ModelForm):
    """What a field's own check gives takes the place of what was sent."""

    class Meta:
        model = Parcel
        fields = ["mark"]

    def clean_mark(self):
        mark = self.cleaned_data["mark"].strip().upper()
        if Parcel.objects.filter(mark=mark).exists():
            raise forms.ValidationError("There is a parcel of that mark.")
        return mark


class TrolleyForm(forms.ModelForm):
    """Marks of trolleys are unique in the database."""

    class Meta:
        model = Trolley
        fields = ["mark"]

    def clean_mark(self):
        mark = self.cleaned_data["mark"].strip().upper()
        if Trolley.objects.filter(mark=mark).exists():
            raise forms.ValidationError("There is a trolley of that mark.")
        return mark


class ArrivalForm(forms.ModelForm):
    class Meta:
        model = Room
        fields = ["name"]

    def clean(self):
        data = super().clean()
        if self.instance.state != Room.FREE:
            raise forms.ValidationError("Somebody is in.")
        return data


class DrinkForm(forms.Form):
    guest = forms.CharField()
    price = forms.IntegerField(min_value=0)

    def clean(self):
        data = super().clean()
        self.account = Account.objects.get(guest=data["guest"])
        if self.account.credit < data["price"]:
            raise forms.ValidationError("Not enough credit.")
        return data

    def pay(self):
        self.account.credit -= self.cleaned_data["price"]
        self.account.save(update_fields=["credit"])  # expect: lost-update


class MealForm(forms.Form):
    """The same; the statement that takes the credit tests it."""

    guest = forms.CharField()
    price = forms.IntegerField(min_value=0)

    def clean(self):
        data = super().clean()
        account = Account.objects.get(guest=data["guest"])
        if account.credit < data["price"]:
            raise forms.ValidationError("Not enough credit.")
        return data

    def pay(self):
        price = self.cleaned_data["price"]
        accounts = Account.objects.filter(guest=self.cleaned_data["guest"], credit__gte=price)
        return accounts.update(credit=F("credit") - price) > 0
