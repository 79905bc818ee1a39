# Second names of cmdlets. An alias hides whatever else has its name, so it is made only where nothing has.
# In this form it costs an import least: Get-Command and Set-Alias would load modules for it.
$names = $ExecutionContext.InvokeCommand

if (-not (${alias:Validate-PlaybookDefinition} -or ${function:Validate-PlaybookDefinition} -or $names.GetCmdlet('Validate-PlaybookDefinition'))) {
    ${alias:Validate-PlaybookDefinition} = 'Test-PlaybookDefinition'
    Export-ModuleMember -Alias 'Validate-PlaybookDefinition'
}
