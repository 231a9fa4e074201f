"""The models, unless an installation has its own."""
from shed.apps.loans.abstract_models import AbstractPass, AbstractPassUse, AbstractTool


class Tool(AbstractTool):
    pass


class Pass(AbstractPass):
    pass


class PassUse(AbstractPassUse):
    pass
