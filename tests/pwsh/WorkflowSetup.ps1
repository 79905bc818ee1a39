# For BeforeAll of tests of workflows: a folder that is the project and the current one, and something that steps share.
$folder = Join-Path $TestDrive "project-$([guid]::NewGuid())"
$null = New-Item -ItemType Directory $folder
$before = @{ State = $env:OE_STATE; Root = $env:OE_HOME }
$env:OE_HOME = $folder
$env:OE_STATE = Join-Path $folder 'orchestration/state'
Push-Location $folder

function Remove-WorkflowFolder {
    Pop-Location
    $env:OE_STATE = $before.State
    $env:OE_HOME = $before.Root
}

# A workflow, whose steps show nothing.
$PSDefaultParameterValues = @{ '*-*Playbook*:InformationAction' = 'Ignore'; '*-*Playbook*:WarningAction' = 'SilentlyContinue' }

# An object that the test and the steps of this process have in common.
function Set-Shared($Object) { [AppDomain]::CurrentDomain.SetData('oe-workflow-test', $Object) }
function Get-Shared { , [AppDomain]::CurrentDomain.GetData('oe-workflow-test') }

# Runs a playbook in a session of its own, which may not take for ever, and says how each step ended.
function Invoke-Guarded([System.Collections.IDictionary] $Playbook, [hashtable] $More = @{}) {
    Invoke-WithLimit -LimitSeconds 90 -ArgumentList $folder, $Playbook, $More {
        param($folder, $playbook, $more)
        function Get-Shared { , [AppDomain]::CurrentDomain.GetData('oe-workflow-test') }
        Set-Location $folder
        Invoke-PlaybookWorkflow -InformationAction Ignore -WarningAction SilentlyContinue -ErrorAction SilentlyContinue -PlaybookDefinition $playbook @more
    }
}
