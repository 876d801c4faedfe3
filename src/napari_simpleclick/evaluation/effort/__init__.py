"""Evaluation of whole objects through the stack: how many clicks a volume takes."""
