"""Whether an OpenAPI document holds, and whether what was asked and answered is what it says.

validate.py DOCUMENT EXCHANGES: the second file has a JSON object a line: method, path, status, kind,
asked and answered (bodies as JSON, or null). Prints what does not fit; exit code 1 where something does
not.
"""

import json
import re
import sys

from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012


def closed(schema):
    """The schema where an object has no names but those that it says: what is answered and not described is found."""
    if isinstance(schema, dict):
        out = {name: closed(part) for name, part in schema.items()}
        if "properties" in schema and "additionalProperties" not in schema and schema.get("type") == "object":
            out["additionalProperties"] = False
        return out
    return [closed(part) for part in schema] if isinstance(schema, list) else schema


def operation(document, method, path):
    path = path.split("?")[0]
    for template, operations in document["paths"].items():
        if re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", template), path) and method.lower() in operations:
            return operations[method.lower()]
    return None


def main():
    document = json.load(open(sys.argv[1]))
    wrong = [f"document: {error.message}" for error in OpenAPIV31SpecValidator(document).iter_errors()]
    strict = json.loads(json.dumps(document).replace('"$ref": "#/', '"$ref": "urn:menkan:api#/'))
    strict["components"]["schemas"] = closed(strict["components"]["schemas"])
    registry = Registry().with_resource("urn:menkan:api", Resource(contents=strict, specification=DRAFT202012))

    def misfits(value, schema):
        errors = OAS31Validator(schema, registry=registry).iter_errors(value)
        return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in errors]

    answers = set()
    for line in open(sys.argv[2]):
        one = json.loads(line)
        place = f"{one['method']} {one['path']} -> {one['status']}"
        described = operation(strict, one["method"], one["path"])
        if described is None:
            wrong.append(f"{place}: no such operation")
            continue
        answer = described["responses"].get(str(one["status"]))
        if answer is None:
            wrong.append(f"{place}: a status that is not described")
            continue
        answers.add((described["operationId"], one["status"]))
        content = answer.get("content", {"": {}}).get(one["kind"])
        if content is None:
            wrong.append(f"{place}: {one['kind']} is not described")
        elif one["answered"] is not None:
            wrong += [f"{place}: {misfit}" for misfit in misfits(one["answered"], content["schema"])]
        if one["status"] >= 400 and f"`{one['answered']['code']}`" not in answer["description"]:
            wrong.append(f"{place}: the code {one['answered']['code']} is not described")
        taken = described.get("requestBody", {}).get("content", {}).get("application/json")
        if one["status"] < 300 and taken and one["asked"] is not None:
            wrong += [f"{place}, asked: {misfit}" for misfit in misfits(one["asked"], taken["schema"])]
    print("\n".join(wrong) if wrong else f"{len(answers)} kinds of answers as described")
    sys.exit(1 if wrong else 0)


main()
