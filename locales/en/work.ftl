# The home page of staff
work-title = My work
work-hello = Hello, { $name }
work-find = Find a student
work-find-hint = Student number
work-find-button = Find
work-classes = My classes
work-departments = My departments
work-colleges = My colleges
work-requirements = Thresholds of my office
work-tasks = What you can do
work-nothing = No class, department or task has been assigned to your account yet. If one should be, ask the administrator.
work-task-statistics = See how many have passed, by department and by class.
work-task-imports = Bring in units, staff, classes, students and credits.
work-task-notices = Rehearse and send notices.
work-task-mail = See where each mail went and whether it arrived.
work-task-rules = See the rules in force; take the folder anew after a change.
work-all-students = Statistics of the whole school
