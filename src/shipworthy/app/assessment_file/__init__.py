"""The assessment file: read strictly, checked, with the place of every setting."""

from shipworthy.app.assessment_file.reading import AssessmentFile, read_assessment

__all__ = ["AssessmentFile", "read_assessment"]
