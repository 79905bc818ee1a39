# For PSScriptAnalyzer over every script of the repository (tests/pwsh/run.ps1).
@{
    Severity     = 'Error', 'Warning'

    ExcludeRules = @(
        # Scripts here also talk to a person, not only to a pipeline.
        'PSAvoidUsingWriteHost'
        # The cmdlets are written in C#; what scripts define are helpers of their own.
        'PSUseShouldProcessForStateChangingFunctions'
        # It does not see that a parameter is used inside a nested script block.
        'PSReviewUnusedParameter'
        # PowerShell 7 reads UTF-8 without a mark, as every other file here is.
        'PSUseBOMForUnicodeEncodedFile'
    )

    Rules        = @{
        PSPlaceOpenBrace           = @{ Enable = $true; OnSameLine = $true; NewLineAfter = $true; IgnoreOneLineBlock = $true }
        PSPlaceCloseBrace          = @{ Enable = $true; NewLineAfter = $false; IgnoreOneLineBlock = $true; NoEmptyLineBefore = $true }
        PSUseConsistentIndentation = @{ Enable = $true; Kind = 'space'; IndentationSize = 4; PipelineIndentation = 'None' }
        PSUseCorrectCasing         = @{ Enable = $true }
    }
}
