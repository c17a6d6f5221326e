"""Finds an answer to what a patient wrote in Russian, as a Python program of the chain does it.

Usage: scenarios.py PROTO_DIR WORK_DIR BASE_URL CLIENT_ID CLIENT_SECRET

Compiles the contracts, calls the gateway over gRPC, and prints one JSON object about what came back.
"""

import json
import sys

import grpc

from clinic import access_token, compile_contracts, module, refusal

WROTE = "Добрый день! Подскажите, сколько у вас стоит поставить имплант?"


def main():
    proto_dir, work_dir, base, client_id, client_secret = sys.argv[1:]
    compile_contracts(proto_dir, work_dir)
    prices = module("template.v1.price_pb2")
    price_calls = module("template.v1.price_service_pb2")
    price_stubs = module("template.v1.price_service_pb2_grpc")
    calls = module("template.v1.scenario_service_pb2")
    stubs = module("template.v1.scenario_service_pb2_grpc")

    channel = grpc.insecure_channel(base.removeprefix("http://"))
    token = access_token(base, client_id, client_secret)
    call = {"metadata": [("authorization", f"Bearer {token}")], "timeout": 30}
    price_list = price_stubs.PriceServiceStub(channel)
    scenarios = stubs.ScenarioServiceStub(channel)

    def price(**changed):
        terms = {
            "service": "implant",
            "names": [prices.LocalizedText(locale="ru", text="имплант под ключ")],
            "conditions": [prices.LocalizedText(locale="ru", text="Всё зависит от кости.")],
            "min_minor_units": 6_000_000,
            "max_minor_units": 9_000_000,
            "currency": "RUB",
            "valid_until": "2199-12-31",
        }
        return price_calls.UpsertPriceRequest(price=prices.Price(**{**terms, **changed}))

    def search(sent_before=()):
        request = calls.SearchScenariosRequest(
            text=WROTE,
            locale="ru-RU",
            variables={"patient.salutation": "Иван Петрович", "clinic.name": "Улыбка"},
            sent_before=sent_before,
        )
        return scenarios.SearchScenarios(request, **call).suggestions[0]

    priceless = search()
    price_list.UpsertPrice(price(), **call)
    first = search()
    second = search([first.answers[0].text])
    _, single = refusal(
        lambda: price_list.UpsertPrice(price(max_minor_units=6_000_000), **call)
    )
    told = {
        "reason_without_price": priceless.price_reason,
        "intent": first.scenario.intent,
        "service": first.service,
        "first": first.answers[0].text,
        "second": second.answers[0].text,
        "single_price_refused": b"single final price" in single,
    }
    print(json.dumps(told, ensure_ascii=False))


if __name__ == "__main__":
    main()
